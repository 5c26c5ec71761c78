;; Asks for data when it is asked what it is.
(import "portcullis:data/dataset@0.1.0" "current" (func $current (result i32)))
(func (export "portcullis:policy/gate@0.1.0#describe") (result i32) (drop (call $current)) (i32.const 0))
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
