;; Asks for 64 KiB more until it is refused, and then stops.
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  unreachable)
