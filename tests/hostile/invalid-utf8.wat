;; Passes bytes that are no UTF-8 where the parameter `where` says: at that address of a string in its result, or, below
;; 256, as the key of a parameter (1) or as a line of the log (2). Passes where it is 3000, which is nothing's.
(import "portcullis:policy/parameters@0.1.0" "get-number" (func $number (param i32 i32 i32)))
(import "portcullis:policy/log@0.1.0" "info" (func $info (param i32 i32)))
(data (i32.const 256) "\00\00\00\00" "\01\00\00\00" "\00\02\00\00" "\01\00\00\00" "\c0\02\00\00" "\01\00\00\00")
(data (i32.const 300) "\ff\fe")
(data (i32.const 310) "where")
;; A finding: rule at 512, message at 524, subject at 536 and 544, observed at 568, expected at 592, extra at 640.
(data (i32.const 532) "\01")
(data (i32.const 552) "\01")
(data (i32.const 560) "\02")
(data (i32.const 576) "\01")
(data (i32.const 584) "\02")
(data (i32.const 600) "\80\02\00\00" "\01\00\00\00")
;; An extra value: name at 640, text at 656.
(data (i32.const 648) "\02")
;; A measure: name at 704, subject at 732 and 740.
(data (i32.const 728) "\01")
(func (export "portcullis:policy/gate@0.1.0#judge") (result i32)
  (local $where i32)
  (call $number (i32.const 310) (i32.const 5) (i32.const 800))
  (local.set $where (i32.trunc_f64_u (f64.load (i32.const 808))))
  (if (i32.eq (local.get $where) (i32.const 1))
    (then (call $number (i32.const 300) (i32.const 2) (i32.const 800))))
  (if (i32.eq (local.get $where) (i32.const 2)) (then (call $info (i32.const 300) (i32.const 2))))
  (i32.store (local.get $where) (i32.const 300))
  (i32.store (i32.add (local.get $where) (i32.const 4)) (i32.const 2))
  (i32.const 256))
