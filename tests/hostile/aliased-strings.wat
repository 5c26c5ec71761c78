;; Returns a thousand findings whose messages are all the same 1 MiB: a gigabyte for the host, 2 MiB for the policy.
(data (i32.const 256) "\00\00\00\00" "\02\00\00\00" "\00\00\01\00" "\e8\03\00\00")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (local $finding i32)
  (if (i32.eq (memory.grow (i32.const 31)) (i32.const -1)) (then unreachable))
  (local.set $finding (i32.const 65536))
  (loop $next
    (i32.store (i32.add (local.get $finding) (i32.const 12)) (i32.const 0x100000))
    (i32.store (i32.add (local.get $finding) (i32.const 16)) (i32.const 0x100000))
    (local.set $finding (i32.add (local.get $finding) (i32.const 96)))
    (br_if $next (i32.lt_u (local.get $finding) (i32.const 161536))))
  (i32.const 256))
