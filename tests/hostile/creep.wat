;; Asks for 64 KiB more for ever, refused or not.
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (loop $more (drop (memory.grow (i32.const 1))) (br $more))
  unreachable)
