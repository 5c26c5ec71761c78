;; Asks for a parameter that is not there, for ever.
(import "portcullis:policy/parameters@0.1.0" "get-boolean" (func $get (param i32 i32 i32)))
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (loop $again (call $get (i32.const 64) (i32.const 7) (i32.const 512)) (br $again))
  unreachable)
