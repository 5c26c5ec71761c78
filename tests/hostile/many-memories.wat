;; Has three memories of 125 MiB: each is within the limit, their sum is not.
(memory $second 2000)
(memory $third 2000)
(memory $fourth 2000)
(data (i32.const 256) "\00\00\00\00" "\01\00\00\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
