;; Stops at once.
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) unreachable)
