;; What every guest in this folder begins with: the fields of a core module that exports a gate of contract 0.1.0, all but
;; `judge`. A file that has no line that begins with `(module` or `(component` is only `judge`; the tests put it behind these
;; fields and turn the whole into a component. Lines of it that begin with `(import` are put before them; a `describe` of its
;; own replaces the one below. `;; world: NAME` names a world of `worlds.wit` instead of the contract's `gate-policy`, and
;; `;; encoding: utf16` says how its texts are encoded.
;;
;; Guests that are too large to be written down are made by `host/cli/tests/cases/bombs.rs`.
;;
;; The canonical ABI, as far as it is needed here: both functions take nothing and return the address of their result.
;;   string, list   address, length: two i32
;;   description    name, version, summary, parameters: strings; extra: a list. 40 bytes
;;   result         at 0 one byte, 0 = ok, 1 = error; at 4 the judgement, or the error as a string. 32 bytes
;;   judgement      at 0 one byte, 0 = inconclusive, 1 = pass, 2 = fail, 3 = not-applicable; at 4, 12 and 20 the lists of
;;                  findings, measures and extra values. 28 bytes
;; Memory below 256 is taken by the description, what lies above is free.

(memory (export "memory") 1)
(data (i32.const 0)
  "\40\00\00\00" "\07\00\00\00"  ;; name
  "\50\00\00\00" "\05\00\00\00"  ;; version
  "\60\00\00\00" "\0b\00\00\00"  ;; summary
  "\70\00\00\00" "\11\00\00\00"  ;; parameters
  "\00\00\00\00" "\00\00\00\00") ;; extra
(data (i32.const 64) "hostile")
(data (i32.const 80) "0.1.0")
(data (i32.const 96) "Misbehaves.")
(data (i32.const 112) "{\"type\":\"object\"}")
(func (export "portcullis:policy/gate@0.1.0#describe") (result i32) (i32.const 0))
