;; Never comes back.
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (loop $again (br $again)) unreachable)
