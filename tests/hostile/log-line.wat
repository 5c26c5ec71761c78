;; Logs one line of 32 MiB.
(import "portcullis:policy/log@0.1.0" "info" (func $info (param i32 i32)))
(data (i32.const 256) "\00\00\00\00" "\01\00\00\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (if (i32.eq (memory.grow (i32.const 512)) (i32.const -1)) (then unreachable))
  (call $info (i32.const 65536) (i32.const 0x2000000))
  (i32.const 256))
