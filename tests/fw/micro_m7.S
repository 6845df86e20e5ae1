/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M7: its rules,
      one by one. How to read and write them: micro.h. jnk0le: "cortex_m7.md" of jnk0le/random, measured
 * on an STM32H743; LLVM: ARMScheduleM7.td. Data are in RAM that answers at once, as DTCM does.
 */
#include "micro.h"

/* --- what issues together -------------------------------------------------------------------------------- */

MICRO("two adds that do not depend", 1, "jnk0le", adds r0, r1; adds r2, r3)
MICRO("two wide adds", 1, "jnk0le", add.w r0, r1, r2; add.w r3, r8, r9)
MICRO("MOVW and the MOVT that builds on it", 1, "jnk0le", movw r0, #1; movt r0, #2)
MICRO("an early add and a late use of it", 1, "jnk0le", add.w r0, r1, r2; eor.w r3, r0, r8)
MICRO("two patterned constants", 1, "jnk0le", add.w r0, r1, #0x1b1b1b1b; eor r3, r8, #0x1b1b1b1b)
MICRO("two rotated constants", 2, "jnk0le", add.w r0, r1, #0x1fc0; eor r3, r8, #0x1fc0)
MICRO("two shifted operands", 2, "jnk0le", add.w r0, r1, r2, lsl #3; eor r3, r8, r9, ror #2)
MICRO("a constant and a shifted operand", 1, "jnk0le", add.w r0, r1, #0x1b1b1b1b; eor r3, r8, r9, ror #2)
MICRO("two shifts", 1, "jnk0le", lsr.w r0, r1, #3; lsr.w r2, r3, #4)
MICRO("two extends", 2, "jnk0le", uxtb.w r0, r1; uxtb.w r2, r3)
MICRO("an extend, then an add", 1, "jnk0le", uxtb.w r0, r1; add.w r2, r3, r8)
MICRO("two adds, an extend, an add", 2, "jnk0le", add.w r2, r3, r8; add.w r9, r3, r8; uxtb.w r0, r1;
      add.w r10, r3, r8)
MICRO("an add, an extend, an add, an extend", 3, "jnk0le", add.w r2, r3, r8; uxtb.w r0, r1; uxtb.w r9, r1;
      add.w r10, r3, r8)
MICRO("BFI and a shifted operand", 2, "jnk0le", bfi r0, r1, #2, #3; add.w r3, r8, r9, lsl #3)
MICRO("UXTAB and a shifted operand", 2, "jnk0le", uxtab r0, r1, r2; add.w r3, r8, r9, lsl #3)
MICRO("PKHBT and a rotated constant", 2, "jnk0le", pkhbt r0, r1, r2; add.w r3, r8, #0x1fc0)
MICRO("UBFX and a shifted operand", 2, "jnk0le", ubfx r0, r1, #2, #3; add.w r3, r8, r9, lsl #3)
MICRO("REV and a shifted operand", 2, "jnk0le", rev r0, r1; add.w r3, r8, r9, lsl #3)
MICRO("a plain extend and a shifted operand", 1, "jnk0le", uxtb.w r0, r1; add.w r3, r8, r9, lsl #3)
MICRO("two multiplies", 2, "jnk0le", muls r0, r1; mul r2, r3, r8)
MICRO("a multiply and a store", 2, "jnk0le", mul r0, r1, r2; str r3, [r4])
MICRO("a multiply and a load", 1, "jnk0le", mul r0, r1, r2; ldr r3, [r4])
MICRO("UADD8 and SMLAD", 1, "jnk0le", uadd8 r0, r1, r2; smlad r3, r8, r9, r3)
MICRO("SMLABB and a shifted operand", 1, "jnk0le", smlabb r3, r8, r9, r3; add.w r0, r1, r2, lsl #3)
MICRO("two stores", 2, "jnk0le", str r0, [r4]; str r1, [r4, #4])
MICRO("a store and a load", 1, "jnk0le", str r0, [r4]; ldr r1, [r5])
MICRO("a load and the store of what it loads", 1, "jnk0le", ldr r0, [r4]; str r0, [r5])
MICRO("a byte load and the store of what it loads", 1, "jnk0le", ldrb r0, [r4]; str r0, [r5])
MICRO("loads of an even and an odd word", 1, "jnk0le", ldr r0, [r4]; ldr r1, [r4, #4])
MICRO("loads of two even words", 2, "jnk0le", ldr r0, [r4]; ldr r1, [r4, #8])
MICRO("MOV and TBB", 3, "LLVM: TBB alone, two cycles", mov lr, #0; tbb [pc, lr]; .byte 1, 0)

/* --- when results are there ------------------------------------------------------------------------------ */

MICRO("a chain of adds", 1, "jnk0le", add.w r0, r0, #1)
MICRO("a chain of logic", 1, "jnk0le", eor.w r0, r0, r1)
MICRO("a chain through the shifted operand", 2, "jnk0le", eor.w r0, r1, r0, lsl #1)
MICRO("a chain of accumulating multiplies", 1, "jnk0le", mla r0, r1, r2, r0)
MICRO("a chain of SMLAD", 1, "jnk0le", smlad r0, r1, r2, r0)
MICRO("a chain of SMLAL", 1, "jnk0le", smlal r0, r1, r2, r3)
MICRO("a chain of multiplies", 2, "jnk0le", mul r0, r0, r1)
MICRO("a product used by an add", 3, "jnk0le", mul r0, r8, r9; add.w r8, r0, r1)
MICRO("a loaded word as the next load's offset", 3, "jnk0le", ldr r0, [r4]; ldr r0, [r4, r0])
MICRO("a loaded word used by an add", 1, "jnk0le", ldr r0, [r4]; add.w r1, r1, r0)
MICRO("…whose sum is an address", 3, "jnk0le", ldr r0, [r4]; eor.w r4, r4, r0)
MICRO("a loaded word beside a shifted operand, then an address", 4, "jnk0le", ldr r0, [r4];
      eor.w r4, r4, r0, lsl #1)
MICRO("…as the operand that is not shifted", 5, "jnk0le", mov.w r1, #0; ldr r0, [r4];
      eor.w r0, r0, r1, lsl #1; orr.w r4, r4, r0)
MICRO("a loaded byte used by a multiply's accumulator", 1, "jnk0le", ldrb r0, [r4]; mla r1, r2, r3, r0)
MICRO("a loaded word multiplied", 3, "jnk0le", ldr r0, [r4]; mul r1, r0, r2; str r1, [r4])
MICRO("a loaded byte as the next load's offset", 4, "jnk0le", ldrb r0, [r4]; ldrb r0, [r4, r0])
MICRO("a chain of UBFX", 2, "jnk0le", ubfx r0, r0, #1, #8)
MICRO("a chain of REV", 2, "jnk0le", rev r0, r0)
MICRO("a chain of SADD16", 1, "LLVM", sadd16 r0, r0, r1)
MICRO("a chain of SXTB16", 1, "jnk0le", sxtb16 r0, r0)
MICRO("a chain of QADD16", 2, "LLVM", qadd16 r0, r0, r1)
MICRO("a chain of SSAT", 3, "LLVM", ssat r0, #8, r0)
MICRO("a chain through UXTAB's extended operand", 2, "jnk0le", uxtab r0, r1, r0)
MICRO("a chain through UXTAB's other operand", 1, "jnk0le", uxtab r0, r0, r1)
MICRO("DSB", 2, "LLVM: alone; its length is assumed", dsb)
MICRO_DEARER("ISB", "DSB", "fetches anew what is behind it", isb)
MICRO("SDIV", 8, "LLVM: 7 and nothing beside it", sdiv r0, r1, r2; nop.w)

/* --- many words at once ---------------------------------------------------------------------------------- */

MICRO("LDRD", 1, "jnk0le", ldrd r0, r1, [r4])
MICRO("STRD", 1, "jnk0le", strd r0, r1, [r4])
MICRO("LDM of two", 1, "jnk0le", ldm r4, {r0, r1})
MICRO("LDM of three", 2, "jnk0le", ldm r4, {r0-r2})
MICRO("LDM of four", 2, "jnk0le", ldm r4, {r0-r3})
MICRO("LDM of eight", 4, "jnk0le", ldm r4, {r0-r3, r8-r11})
MICRO("STM of eight", 4, "jnk0le", stm r4, {r0-r3, r8-r11})
MICRO("PUSH and POP of eight", 8, "jnk0le", push {r0-r3, r8-r11}; pop {r0-r3, r8-r11})
MICRO("LDM of four and an add behind it", 3, "jnk0le", ldm r4, {r0-r3}; add.w r8, r8, #1)
MICRO("LDM of four into four SMLAD", 6, "jnk0le", ldm r4, {r0-r3}; smlad r8, r0, r9, r8;
      smlad r8, r1, r9, r8; smlad r8, r2, r9, r8; smlad r8, r3, r9, r8)
MICRO("LDM of eight into eight MLA", 12, "jnk0le", ldm r4, {r0-r3, r8-r11}; mla r12, r0, lr, r12;
      mla r12, r1, lr, r12; mla r12, r2, lr, r12; mla r12, r3, lr, r12; mla r12, r8, lr, r12;
      mla r12, r9, lr, r12; mla r12, r10, lr, r12; mla r12, r11, lr, r12)
MICRO("a load that is not aligned", 4, "jnk0le: 3 more", ldr r0, [r4, #1]; add.w r1, r1, #1)
MICRO("a store that is not aligned", 4, "jnk0le: free until five wait", str r0, [r4, #1]; add.w r1, r1, #1;
      nop.w; nop.w; nop.w; nop.w; nop.w; nop.w)

/* --- single precision ------------------------------------------------------------------------------------ */

MICRO("VADD", 1, "jnk0le", vadd.f32 s0, s1, s2)
MICRO("a chain of VADD", 3, "jnk0le", vadd.f32 s0, s0, s2)
MICRO("a chain of VMUL", 3, "jnk0le", vmul.f32 s0, s0, s2)
MICRO("a VADD and a VMUL", 2, "jnk0le", vadd.f32 s0, s1, s2; vmul.f32 s3, s1, s2)
MICRO("a VADD and an add", 1, "jnk0le", vadd.f32 s0, s1, s2; add.w r0, r1, r2)
MICRO("VFMA into one accumulator", 3, "jnk0le", vfma.f32 s0, s1, s2)
MICRO("VFMA into two", 3, "jnk0le", vfma.f32 s0, s1, s2; vfma.f32 s3, s1, s2)
MICRO("VFMA into three", 3, "jnk0le", vfma.f32 s0, s1, s2; vfma.f32 s3, s1, s2; vfma.f32 s4, s1, s2)
MICRO("VFMA into four", 4, "jnk0le", vfma.f32 s0, s1, s2; vfma.f32 s3, s1, s2; vfma.f32 s4, s1, s2;
      vfma.f32 s5, s1, s2)
MICRO("VFMA into eight", 8, "jnk0le", vfma.f32 s0, s1, s2; vfma.f32 s3, s1, s2; vfma.f32 s4, s1, s2;
      vfma.f32 s5, s1, s2; vfma.f32 s6, s1, s2; vfma.f32 s7, s1, s2; vfma.f32 s8, s1, s2; vfma.f32 s9, s1, s2)
MICRO("VMLA into one accumulator", 3, "jnk0le", vmla.f32 s0, s1, s2)
MICRO("VMLA into three", 3, "jnk0le", vmla.f32 s0, s1, s2; vmla.f32 s3, s1, s2; vmla.f32 s4, s1, s2)
MICRO("a chain through VFMA's multiplicand", 5, "jnk0le", vfma.f32 s0, s0, s2)
MICRO("a chain through VMLA's multiplicand", 6, "jnk0le", vmla.f32 s0, s0, s2)
MICRO("a VMLA and a VFMA", 3, "jnk0le: no VFMA in the cycle behind a VMLA", vmla.f32 s0, s1, s2;
      vfma.f32 s3, s1, s2)
MICRO("a VFMA and a VADD three cycles behind it", 5, "jnk0le", vfma.f32 s0, s1, s2; vadd.f32 s3, s1, s2)
MICRO("a VFMA and a VMUL", 3, "jnk0le", vfma.f32 s0, s1, s2; vmul.f32 s3, s1, s2)
MICRO("a VFMA and an add", 3, "jnk0le", vfma.f32 s0, s1, s2; add.w r0, r1, r2)
MICRO("VLDR beside an add", 1, "jnk0le", vldr s0, [r4]; add.w r0, r1, r2)
MICRO("VLDR of an even and an odd word", 1, "jnk0le", vldr s0, [r4]; vldr s1, [r4, #4])
MICRO("VLDR of a double goes alone", 2, "jnk0le", vldr d0, [r4]; add.w r0, r1, r2)
MICRO("VSTR of a double goes alone", 2, "jnk0le", vstr d0, [r4]; add.w r0, r1, r2)
MICRO("VLDR, VLDR, VFMA, as unrolled loops have them", 3, "jnk0le", vldr s0, [r4]; vldr s1, [r5];
      vfma.f32 s2, s0, s1)
MICRO("VLDM of one, twice, and VFMA, as compilers walk arrays", 6,
      "jnk0le: no VLDM in the three cycles behind", vldmia r4!, {s0}; vldmia r5!, {s1}; vfma.f32 s2, s0, s1)
MICRO("VLDR, VSTR: a copy", 1, "jnk0le", vldr s0, [r4]; vstr s0, [r5])
MICRO("VLDR, VADD a cycle later, VSTR a cycle later", 3, "jnk0le", vldr s0, [r4]; vadd.f32 s1, s0, s2;
      vstr s1, [r5]; add.w r0, r1, r2)
MICRO("VLDM of two", 1, "jnk0le", vldm r4, {s0-s1})
MICRO("VLDM of eight", 4, "jnk0le", vldm r4, {s0-s7})
MICRO("VLDM of five", 3, "jnk0le", vldm r4, {s0-s4})
MICRO("VSTM of eight", 4, "jnk0le", vstm r4, {s0-s7})
MICRO("VPUSH and VPOP of four doubles", 8, "jnk0le", vpush {d8-d11}; vpop {d8-d11})
MICRO("two VLDM of four and four VFMA", 11, "jnk0le", vldm r4, {s0-s3}; vldm r5, {s4-s7};
      vfma.f32 s8, s0, s4; vfma.f32 s9, s1, s5; vfma.f32 s10, s2, s6; vfma.f32 s11, s3, s7)
MICRO("VDIV", 16, "jnk0le", vdiv.f32 s0, s1, s2)
MICRO("VDIV and an add", 16, "jnk0le", vdiv.f32 s0, s1, s2; add.w r0, r1, r2)
MICRO("VSQRT", 14, "jnk0le", vsqrt.f32 s0, s1)
MICRO("VCVT", 1, "LLVM", vcvt.f32.s32 s0, s1)
MICRO("a chain of VCVT", 3, "LLVM", vcvt.f32.s32 s0, s0)
MICRO("two VMOV of constants", 2, "jnk0le", vmov.f32 s0, #1.0; vmov.f32 s1, #1.0)
MICRO("VMOV of two registers to the core goes alone", 2, "jnk0le", vmov r0, r1, s0, s1; add.w r2, r3, r8)
MICRO("VMOV of two registers from the core goes alone", 2, "jnk0le", vmov s0, s1, r0, r1; add.w r2, r3, r8)
MICRO("VMOV to the core and back", 4, "jnk0le", vmov r0, s0; vmov s0, r0)
MICRO("a chain of VMOV from register to register", 6, "jnk0le", vmov.f32 s0, s1; vmov.f32 s1, s0)
MICRO("VCMP and VMRS", 2, "LLVM: VMRS alone, nothing to wait for", vcmp.f32 s0, s1; vmrs APSR_nzcv, fpscr)

/* --- double precision ------------------------------------------------------------------------------------ */

MICRO("VADD.F64, exponents that differ", 2, "jnk0le", vadd.f64 d0, d1, d2)
MICRO("a chain of VADD.F64", 4, "jnk0le: 3 steps behind its last cycle", vadd.f64 d0, d0, d2)
MICRO("VMUL.F64", 5, "jnk0le", vmul.f64 d0, d1, d2)
MICRO("a chain of VMUL.F64", 7, "jnk0le, LLVM", vmul.f64 d0, d0, d2)
MICRO("VMUL.F64 and an add", 5, "jnk0le", vmul.f64 d0, d1, d2; add.w r0, r1, r2)
MICRO("VFMA.F64 into one accumulator", 10, "jnk0le, GCC", vfma.f64 d0, d1, d2)
MICRO("VFMA.F64 into four", 28, "jnk0le", vfma.f64 d0, d1, d2; vfma.f64 d3, d1, d2; vfma.f64 d4, d1, d2;
      vfma.f64 d5, d1, d2)
MICRO("VFMA.F64, then what is no multiplication", 10, "jnk0le: the first takes 8", vfma.f64 d0, d1, d2;
      add.w r0, r1, r2; nop.w; nop.w; nop.w)
MICRO("VFMA.F64 does not go with a load, twice", 18, "jnk0le", vfma.f64 d0, d1, d2; ldr r0, [r4];
      vfma.f64 d3, d1, d2; ldr r0, [r4])
MICRO("VLDR, VLDR, VFMA.F64", 11, "jnk0le; VLDR 2: LLVM", vldr d1, [r4]; vldr d2, [r5]; vfma.f64 d0, d1, d2)
MICRO("VFMA.F64, then VMUL.F64", 24, "jnk0le: that takes 4 of its 5", vfma.f64 d0, d1, d2;
      vmul.f64 d3, d1, d2; vfma.f64 d4, d1, d2; vmul.f64 d5, d1, d2)
MICRO("VMLA.F64, then what is no multiplication", 11, "jnk0le: the first takes 9", vmla.f64 d0, d1, d2;
      add.w r0, r1, r2; nop.w; nop.w; nop.w)
MICRO("VDIV.F64", 30, "jnk0le", vdiv.f64 d0, d1, d2)
MICRO("VSQRT.F64", 30, "LLVM", vsqrt.f64 d0, d1)
MICRO("VCVT between precisions, back and forth", 6, "LLVM", vcvt.f64.f32 d0, s2; vcvt.f32.f64 s2, d0)
MICRO_DEARER("VFMA.F64 into two, twice", "VFMA.F64 into four", "jnk0le: full speed wants four", vfma.f64 d0,
      d1, d2; vfma.f64 d3, d1, d2; vfma.f64 d0, d1, d2; vfma.f64 d3, d1, d2)
