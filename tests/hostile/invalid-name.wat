;; Describes itself by a name that is no UTF-8.
(data (i32.const 0) "\2c\01\00\00" "\02\00\00\00")
(data (i32.const 300) "\c0\80")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
