;; Describes its parameters by a schema that is no UTF-8.
(data (i32.const 24) "\2c\01\00\00" "\04\00\00\00")
(data (i32.const 300) "{\22\ff\22")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
