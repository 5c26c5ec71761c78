;; Stops before anything is asked of it.
(func $start unreachable)
(start $start)
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
