;; Stops when it is asked what it is.
(func (export "portcullis:policy/gate@0.1.0#describe") (result i32) unreachable)
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
