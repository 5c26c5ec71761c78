;; Passes the host 3 MiB for ever, each call within what one may pass.
(import "portcullis:policy/log@0.1.0" "debug" (func $debug (param i32 i32)))
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (if (i32.eq (memory.grow (i32.const 64)) (i32.const -1)) (then unreachable))
  (loop $again (call $debug (i32.const 65536) (i32.const 0x300000)) (br $again))
  unreachable)
