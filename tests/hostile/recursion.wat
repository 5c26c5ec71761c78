;; Calls itself for ever.
(func $judge (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.add (call $judge) (i32.const 1)))
