;; Describes a parameter whose default its own schema refuses.
(data (i32.const 24) "\00\02\00\00" "\49\00\00\00")
(data (i32.const 512)
  "{\"type\":\"object\",\"properties\":{\"min\":{\"type\":\"number\",\"default\":\"high\"}}}")
(data (i32.const 256) "\00\00\00\00" "\01\00\00\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32) (i32.const 256))
