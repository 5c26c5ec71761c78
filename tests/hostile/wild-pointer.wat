;; Says that its result lies beyond its memory.
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 0x7ffffffc))
