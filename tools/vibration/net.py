# SPDX-License-Identifier: GPL-2.0-or-later
"""The network in float32 and its training, with the gradients written out.

Signals are [n][length][channels]; a layer's forward keeps what its backward needs. Adam with decoupled weight
decay and a cosine schedule. It knows neither int8 nor the .tflite format; layers say which operator they are.
"""
import numpy as np


def same_pad(length, kernel, stride):
    """(output length, zeros before, zeros after), as TensorFlow's SAME."""
    out = -(-length // stride)
    total = max((out - 1) * stride + kernel - length, 0)
    return out, total // 2, total - total // 2


class Conv:
    """out[t][o] = act(bias[o] + sum over k, i of in[t * stride + k - before][i] * weight[k][i][o])"""
    kind = "CONV_2D"

    def __init__(self, rng, c_in, c_out, kernel, stride, activation):
        self.kernel, self.stride, self.activation = kernel, stride, activation
        self.c_in, self.c_out = c_in, c_out
        scale = np.sqrt(2 / (kernel * c_in))
        self.params = [rng.normal(0, scale, (kernel * c_in, c_out)).astype(np.float32), np.zeros(c_out, np.float32)]

    def _columns(self, x):
        if self.kernel == 1 and self.stride == 1:
            return x.reshape(-1, self.c_in), x.shape[1]
        out, before, after = same_pad(x.shape[1], self.kernel, self.stride)
        padded = np.pad(x, ((0, 0), (before, after), (0, 0)))
        sn, sl, sc = padded.strides
        view = np.lib.stride_tricks.as_strided(padded, (len(x), out, self.kernel, self.c_in),
                                               (sn, sl * self.stride, sl, sc))
        return view.reshape(len(x) * out, -1), out

    def forward(self, x):
        self.shape = x.shape
        self.columns, out = self._columns(x)
        y = (self.columns @ self.params[0] + self.params[1]).reshape(len(x), out, self.c_out)
        self.y = activate(y, self.activation)
        return self.y

    def backward(self, grad, want_input):
        g = pass_activation(grad, self.y, self.activation).reshape(-1, self.c_out)
        self.grads = [self.columns.T @ g, g.sum(axis=0)]
        if not want_input:
            return None
        columns = g @ self.params[0].T
        if self.kernel == 1 and self.stride == 1:
            return columns.reshape(self.shape)
        n, length, _ = self.shape
        out, before, after = same_pad(length, self.kernel, self.stride)
        back = np.zeros((n, length + before + after, self.c_in), g.dtype)
        columns = columns.reshape(n, out, self.kernel, self.c_in)
        for k in range(self.kernel):
            back[:, k:k + out * self.stride:self.stride] += columns[:, :, k]
        return back[:, before:before + length]


class Depthwise:
    """out[t][c] = act(bias[c] + sum over k of in[t * stride + k - before][c] * weight[k][c])"""
    kind = "DEPTHWISE_CONV_2D"

    def __init__(self, rng, channels, kernel, stride, activation):
        self.kernel, self.stride, self.activation = kernel, stride, activation
        self.params = [rng.normal(0, np.sqrt(2 / kernel), (kernel, channels)).astype(np.float32),
                       np.zeros(channels, np.float32)]

    def _taps(self, padded, out):
        return [padded[:, k:k + (out - 1) * self.stride + 1:self.stride] for k in range(self.kernel)]

    def forward(self, x):
        self.out, self.before, after = same_pad(x.shape[1], self.kernel, self.stride)
        self.length = x.shape[1]
        self.padded = np.pad(x, ((0, 0), (self.before, after), (0, 0)))
        y = np.zeros((len(x), self.out, x.shape[2]), x.dtype) + self.params[1]
        for tap, w in zip(self._taps(self.padded, self.out), self.params[0]):
            y += tap * w
        self.y = activate(y, self.activation)
        return self.y

    def backward(self, grad, want_input):
        g = pass_activation(grad, self.y, self.activation)
        taps = self._taps(self.padded, self.out)
        self.grads = [np.stack([np.einsum("ntc,ntc->c", g, tap) for tap in taps]), g.sum(axis=(0, 1))]
        back = np.zeros_like(self.padded)
        for tap, w in zip(self._taps(back, self.out), self.params[0]):
            tap += g * w
        return back[:, self.before:self.before + self.length]


class Mean:
    """The average over the whole length."""
    kind = "AVERAGE_POOL_2D"
    params = ()
    grads = ()

    def forward(self, x):
        self.length = x.shape[1]
        return x.mean(axis=1)

    def backward(self, grad, want_input):
        return np.repeat(grad[:, None] / grad.dtype.type(self.length), self.length, axis=1)


class Dense:
    """out[o] = bias[o] + sum over i of in[i] * weight[i][o]"""
    kind = "FULLY_CONNECTED"
    activation = "NONE"

    def __init__(self, rng, c_in, c_out):
        self.params = [rng.normal(0, np.sqrt(1 / c_in), (c_in, c_out)).astype(np.float32),
                       np.zeros(c_out, np.float32)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0] + self.params[1]

    def backward(self, grad, want_input):
        self.grads = [self.x.T @ grad, grad.sum(axis=0)]
        return grad @ self.params[0].T


def activate(y, activation):
    if activation == "RELU6":
        return np.clip(y, 0, 6)
    return np.maximum(y, 0) if activation == "RELU" else y


def pass_activation(grad, y, activation):
    if activation == "RELU6":
        return grad * ((y > 0) & (y < 6))
    return grad * (y > 0) if activation == "RELU" else grad


class Net:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        """[n][length][channels] to logits [n][classes]."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def predict(self, x, batch=256):
        return np.concatenate([self.forward(x[i:i + batch]) for i in range(0, len(x), batch)])

    def train_step(self, x, truth, smoothing):
        """Cross entropy against labels softened by `smoothing`. Fills the gradients, returns the loss."""
        logits = self.forward(x)
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        target = np.full_like(log_p, smoothing / log_p.shape[1])
        target[np.arange(len(x)), truth] += 1 - smoothing
        grad = ((np.exp(log_p) - target) / len(x)).astype(logits.dtype)
        for index in reversed(range(len(self.layers))):
            grad = self.layers[index].backward(grad, want_input=index > 0)
        return float(-(target * log_p).sum(axis=1).mean())

    def pairs(self):
        return [(p, g) for layer in self.layers for p, g in zip(layer.params, layer.grads)]


class Adam:
    def __init__(self, rate, decay):
        self.rate, self.decay, self.step_count, self.state = rate, decay, 0, None

    def step(self, pairs, progress):
        """progress: 0 … 1 of the training."""
        if self.state is None:
            self.state = [(np.zeros_like(p), np.zeros_like(p)) for p, _ in pairs]
        self.step_count += 1
        warm = min(1.0, self.step_count / 50)
        rate = self.rate * warm * 0.5 * (1 + np.cos(np.pi * progress))
        fix1, fix2 = 1 - 0.9 ** self.step_count, 1 - 0.999 ** self.step_count
        for (p, g), (m, v) in zip(pairs, self.state):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= np.float32(rate) * (m / fix1 / (np.sqrt(v / fix2) + 1e-8))
            if p.ndim > 1:
                p -= np.float32(rate * self.decay) * p
