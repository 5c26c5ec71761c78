;; Logs ten thousand lines, more than are kept, and passes: a policy that talks too much is no misbehaving one.
(import "portcullis:policy/log@0.1.0" "debug" (func $debug (param i32 i32)))
(data (i32.const 256) "\00\00\00\00" "\01\00\00\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (local $line i32)
  (loop $next
    (call $debug (i32.const 64) (i32.const 48))
    (local.set $line (i32.add (local.get $line) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $line) (i32.const 10000))))
  (i32.const 256))
