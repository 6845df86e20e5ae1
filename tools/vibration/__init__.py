# SPDX-License-Identifier: GPL-2.0-or-later
"""How the vibration model is made: synth, net, quantise, tflite_writer; and checked: int8, tflite_reader, scripted."""
