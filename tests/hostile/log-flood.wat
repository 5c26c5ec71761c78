;; Logs for ever.
(import "portcullis:policy/log@0.1.0" "warn" (func $warn (param i32 i32)))
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (loop $again (call $warn (i32.const 64) (i32.const 48)) (br $again))
  unreachable)
