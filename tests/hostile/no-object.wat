;; Describes its parameters by a schema that is JSON Schema, but no object: anything goes.
(data (i32.const 24) "\2c\01\00\00" "\04\00\00\00")
(data (i32.const 300) "true")
(data (i32.const 256) "\00\00\00\00" "\01\00\00\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
