;; Returns a million findings, all empty, in memory that it has.
(data (i32.const 256) "\00\00\00\00" "\02\00\00\00" "\00\00\01\00" "\40\42\0f\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (if (i32.eq (memory.grow (i32.const 1600)) (i32.const -1)) (then unreachable))
  (i32.const 256))
