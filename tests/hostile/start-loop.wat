;; Never gets as far as being asked.
(func $start (loop $again (br $again)))
(start $start)
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
