;; Answers with an error, and an empty text.
(data (i32.const 256) "\01\00\00\00" "\20\01\00\00" "\00\00\00\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
