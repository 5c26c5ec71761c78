;; Says why it gives up by half a surrogate pair, which UTF-16 can hold and no text has.
;; encoding: utf16
(data (i32.const 0) "\64\00\00\00" "\00\00\00\00" "\64\00\00\00" "\00\00\00\00" "\64\00\00\00" "\00\00\00\00" "\64\00\00\00" "\02\00\00\00")
(data (i32.const 100) "{\00}\00")
(data (i32.const 256) "\01\00\00\00" "\2c\01\00\00" "\03\00\00\00")
(data (i32.const 300) "a\00\00\d8b\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
