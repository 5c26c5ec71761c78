;; An adapter from `wasi_snapshot_preview1`, which toolchains with a libc or a runtime of their own compile against (Go's
;; wasip1, wasi-libc, Zig), to the contract of a policy. The component that is made with it imports nothing of WASI.
;;
;; | a program sees | here |
;; |---|---|
;; | arguments, environment, files, sockets | none: every descriptor but 0, 1 and 2 is bad |
;; | standard input | at its end |
;; | standard output and error | `portcullis:policy/log`: `debug` and `warn`, line by line |
;; | the wall clock | stands still at 2000-01-01 00:00 UTC |
;; | the monotonic clock | a microsecond later at each reading, and as much later as anyone waits; nobody waits in truth |
;; | random bytes | the same ones in every run: good for hash seeds, useless for secrets |
;; | exit | a trap, after what was still to be printed |
;;
;; Clocks and random numbers call nothing, and that is not only for determinism. While the host allocates memory in a
;; component (`cabi_realloc`, to pass a list), that component may not call an import: "cannot leave component instance".
;; A garbage collector may well read the clock just then. What is printed just then is kept for later where the program
;; says that it allocates, which Go's does by `adapter_monotonic_clock_set_paused`; elsewhere it is that trap.
;;
;; A print on standard output is passed on as it is, even if its line does not end; on standard error, where a panic is
;; written bit by bit, a line waits for its end, and one that never ends is not seen unless the program exits.
;;
;; wit-component makes this module smaller than it is here: it takes what the main module imports and leaves the rest.
;; It demands that an adapter has no memory, table or data of its own. Nor may this one take any from the main module:
;; Go's runtime and others believe that whatever lies above their heap is theirs, so `memory.grow` by somebody else
;; ends in two owners of one page. Hence an unfinished line is kept in globals, 512 bytes in 64 words, and when it goes to
;; the log, it changes places with the first bytes of memory and back again.
;;
;; How it is built: this text to bytes, then `preview1.wit` with the contract embedded into it as component metadata
;; (world `preview1`, UTF-8), then given to wit-component as the adapter `wasi_snapshot_preview1`.
(module
  (import "env" "memory" (memory 0))
  (import "portcullis:policy/log@0.1.0" "debug" (func $debug (param i32 i32)))
  (import "portcullis:policy/log@0.1.0" "warn" (func $warn (param i32 i32)))

  ;; Nanoseconds on the monotonic clock. Not 0: Go takes that for a broken clock.
  (global $time (mut i64) (i64.const 1000000000))
  ;; What the next random number is made of.
  (global $seed (mut i64) (i64.const 0))

  ;; Whether the host is allocating, so that the log may not be called.
  (global $paused (mut i32) (i32.const 0))

  ;; The descriptor that the unfinished line was written to, and the bytes of it.
  (global $stream (mut i32) (i32.const 2))
  (global $pending (mut i32) (i32.const 0))
  ;; Its last bytes, one to seven, at the upper end of a word; the words before it, the newest in $w63.
  (global $word (mut i64) (i64.const 0))
  (global $w00 (mut i64) (i64.const 0)) (global $w01 (mut i64) (i64.const 0))
  (global $w02 (mut i64) (i64.const 0)) (global $w03 (mut i64) (i64.const 0))
  (global $w04 (mut i64) (i64.const 0)) (global $w05 (mut i64) (i64.const 0))
  (global $w06 (mut i64) (i64.const 0)) (global $w07 (mut i64) (i64.const 0))
  (global $w08 (mut i64) (i64.const 0)) (global $w09 (mut i64) (i64.const 0))
  (global $w10 (mut i64) (i64.const 0)) (global $w11 (mut i64) (i64.const 0))
  (global $w12 (mut i64) (i64.const 0)) (global $w13 (mut i64) (i64.const 0))
  (global $w14 (mut i64) (i64.const 0)) (global $w15 (mut i64) (i64.const 0))
  (global $w16 (mut i64) (i64.const 0)) (global $w17 (mut i64) (i64.const 0))
  (global $w18 (mut i64) (i64.const 0)) (global $w19 (mut i64) (i64.const 0))
  (global $w20 (mut i64) (i64.const 0)) (global $w21 (mut i64) (i64.const 0))
  (global $w22 (mut i64) (i64.const 0)) (global $w23 (mut i64) (i64.const 0))
  (global $w24 (mut i64) (i64.const 0)) (global $w25 (mut i64) (i64.const 0))
  (global $w26 (mut i64) (i64.const 0)) (global $w27 (mut i64) (i64.const 0))
  (global $w28 (mut i64) (i64.const 0)) (global $w29 (mut i64) (i64.const 0))
  (global $w30 (mut i64) (i64.const 0)) (global $w31 (mut i64) (i64.const 0))
  (global $w32 (mut i64) (i64.const 0)) (global $w33 (mut i64) (i64.const 0))
  (global $w34 (mut i64) (i64.const 0)) (global $w35 (mut i64) (i64.const 0))
  (global $w36 (mut i64) (i64.const 0)) (global $w37 (mut i64) (i64.const 0))
  (global $w38 (mut i64) (i64.const 0)) (global $w39 (mut i64) (i64.const 0))
  (global $w40 (mut i64) (i64.const 0)) (global $w41 (mut i64) (i64.const 0))
  (global $w42 (mut i64) (i64.const 0)) (global $w43 (mut i64) (i64.const 0))
  (global $w44 (mut i64) (i64.const 0)) (global $w45 (mut i64) (i64.const 0))
  (global $w46 (mut i64) (i64.const 0)) (global $w47 (mut i64) (i64.const 0))
  (global $w48 (mut i64) (i64.const 0)) (global $w49 (mut i64) (i64.const 0))
  (global $w50 (mut i64) (i64.const 0)) (global $w51 (mut i64) (i64.const 0))
  (global $w52 (mut i64) (i64.const 0)) (global $w53 (mut i64) (i64.const 0))
  (global $w54 (mut i64) (i64.const 0)) (global $w55 (mut i64) (i64.const 0))
  (global $w56 (mut i64) (i64.const 0)) (global $w57 (mut i64) (i64.const 0))
  (global $w58 (mut i64) (i64.const 0)) (global $w59 (mut i64) (i64.const 0))
  (global $w60 (mut i64) (i64.const 0)) (global $w61 (mut i64) (i64.const 0))
  (global $w62 (mut i64) (i64.const 0)) (global $w63 (mut i64) (i64.const 0))
  ;; Where $exchange is.
  (global $at (mut i32) (i32.const 0))

  ;; Arguments and environment: none.
  (func (export "args_sizes_get") (export "environ_sizes_get") (param $count i32) (param $bytes i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $bytes) (i32.const 0))
    (i32.const 0)
  )
  (func (export "args_get") (export "environ_get") (param i32 i32) (result i32)
    (i32.const 0)
  )

  ;; Clocks. 0 is the wall clock; the others are the monotonic one and two of processor time.
  (func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $result i32) (result i32)
    (if (i32.eqz (local.get $clock))
      (then
        (i64.store (local.get $result) (i64.const 946684800000000000))
      )
      (else
        (global.set $time (i64.add (global.get $time) (i64.const 1000)))
        (i64.store (local.get $result) (global.get $time))
      )
    )
    (i32.const 0)
  )
  (func (export "clock_res_get") (param $clock i32) (param $result i32) (result i32)
    (i64.store (local.get $result) (i64.const 1000))
    (i32.const 0)
  )

  ;; No part of preview1, but of what adapters offer to Go: it comes before and after the allocation in `cabi_realloc`.
  (func (export "adapter_monotonic_clock_set_paused") (param $paused i32)
    (global.set $paused (local.get $paused))
  )

  ;; Whatever is waited for has come about. Where that is a time, the monotonic clock has reached it.
  (func (export "poll_oneoff") (param $in i32) (param $out i32) (param $count i32) (param $events i32) (result i32)
    (local $left i32)
    (local $timeout i64)
    (if (i32.eqz (local.get $count))
      (then
        (return (i32.const 28)) ;; inval
      )
    )
    (local.set $left (local.get $count))
    (loop $next
      (if (i32.eqz (i32.load8_u offset=8 (local.get $in))) ;; a clock
        (then
          (local.set $timeout (i64.load offset=24 (local.get $in)))
          (if (i32.eqz (i32.and (i32.load16_u offset=40 (local.get $in)) (i32.const 1))) ;; not an instant but a duration
            (then
              (global.set $time (i64.add (global.get $time) (local.get $timeout)))
            )
            (else
              (if
                (i32.and
                  (i32.ne (i32.load offset=16 (local.get $in)) (i32.const 0)) ;; not on the wall clock
                  (i64.gt_u (local.get $timeout) (global.get $time))
                )
                (then
                  (global.set $time (local.get $timeout))
                )
              )
            )
          )
        )
      )
      (i64.store (local.get $out) (i64.load (local.get $in))) ;; user data
      (i64.store offset=8 (local.get $out) (i64.const 0)) ;; no error
      (i32.store8 offset=10 (local.get $out) (i32.load8_u offset=8 (local.get $in))) ;; type
      (i64.store offset=16 (local.get $out) (i64.const 0))
      (i64.store offset=24 (local.get $out) (i64.const 0))
      (local.set $in (i32.add (local.get $in) (i32.const 48)))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1))))
    )
    (i32.store (local.get $events) (local.get $count))
    (i32.const 0)
  )
  (func (export "sched_yield") (result i32)
    (i32.const 0)
  )

  ;; SplitMix64, a byte of each number.
  (func (export "random_get") (param $at i32) (param $length i32) (result i32)
    (local $end i32)
    (local $number i64)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $at) (local.get $end)))
        (global.set $seed (i64.add (global.get $seed) (i64.const 0x9e3779b97f4a7c15)))
        (local.set $number (global.get $seed))
        (local.set $number
          (i64.mul
            (i64.xor (local.get $number) (i64.shr_u (local.get $number) (i64.const 30)))
            (i64.const 0xbf58476d1ce4e5b9)
          )
        )
        (local.set $number
          (i64.mul
            (i64.xor (local.get $number) (i64.shr_u (local.get $number) (i64.const 27)))
            (i64.const 0x94d049bb133111eb)
          )
        )
        (i64.store8
          (local.get $at)
          (i64.xor (local.get $number) (i64.shr_u (local.get $number) (i64.const 31)))
        )
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)
      )
    )
    (i32.const 0)
  )

  ;; The end, wanted by the program: Go's after a panic.
  (func (export "proc_exit") (param $code i32)
    (if (i32.eqz (global.get $paused))
      (then
        (call $flush)
      )
    )
    (unreachable)
  )
  (func (export "proc_raise") (param $signal i32) (result i32)
    (i32.const 52) ;; nosys
  )

  ;; Descriptors: 0, 1 and 2.
  (func (export "fd_write")
    (param $descriptor i32) (param $parts i32) (param $count i32) (param $written i32) (result i32)
    (local $total i32)
    (local $length i32)
    (local $whole i32)
    (if (i32.gt_u (i32.sub (local.get $descriptor) (i32.const 1)) (i32.const 1))
      (then
        (return (i32.const 8)) ;; badf
      )
    )
    (if
      (i32.and
        (i32.ne (local.get $descriptor) (global.get $stream))
        (i32.eqz (global.get $paused))
      )
      (then
        (call $flush)
        (global.set $stream (local.get $descriptor))
      )
    )
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (local.set $length (i32.load offset=4 (local.get $parts)))
        ;; Standard output is written by whole prints, and one that does not end its line must not get lost; a panic is
        ;; written to standard error bit by bit, and ends its lines.
        (local.set $whole (i32.and (i32.eqz (local.get $count)) (i32.eq (local.get $descriptor) (i32.const 1))))
        (call $print
          (i32.load (local.get $parts))
          (i32.add (i32.load (local.get $parts)) (local.get $length))
          (local.get $whole)
        )
        (local.set $total (i32.add (local.get $total) (local.get $length)))
        (local.set $parts (i32.add (local.get $parts) (i32.const 8)))
        (br $next)
      )
    )
    (i32.store (local.get $written) (local.get $total))
    (i32.const 0)
  )
  (func (export "fd_read") (param $descriptor i32) (param i32) (param i32) (param $read i32) (result i32)
    (if (local.get $descriptor)
      (then
        (return (i32.const 8)) ;; badf
      )
    )
    (i32.store (local.get $read) (i32.const 0))
    (i32.const 0)
  )
  ;; A character device that cannot seek: to wasi-libc a terminal, so that it writes at the end of every line.
  (func (export "fd_fdstat_get") (param $descriptor i32) (param $stat i32) (result i32)
    (if (i32.gt_u (local.get $descriptor) (i32.const 2))
      (then
        (return (i32.const 8)) ;; badf
      )
    )
    (i64.store (local.get $stat) (i64.const 2)) ;; a character device, no flags
    (i64.store offset=8 (local.get $stat) (i64.const 66)) ;; may read and write
    (i64.store offset=16 (local.get $stat) (i64.const 0))
    (i32.const 0)
  )
  (func (export "fd_close") (export "fd_sync") (export "fd_datasync") (param $descriptor i32) (result i32)
    (call $standard (local.get $descriptor))
  )
  (func (export "fd_fdstat_set_flags") (param $descriptor i32) (param $flags i32) (result i32)
    (call $standard (local.get $descriptor))
  )
  (func $standard (param $descriptor i32) (result i32)
    (select (i32.const 8) (i32.const 0) (i32.gt_u (local.get $descriptor) (i32.const 2))) ;; badf
  )

  ;; Everything else wants a descriptor that there is not: badf.
  (func (export "fd_filestat_get") (export "fd_prestat_get") (export "fd_renumber") (export "fd_tell") (export "sock_shutdown")
    (param i32 i32) (result i32)
    (i32.const 8)
  )
  (func (export "fd_prestat_dir_name") (export "path_create_directory") (export "path_remove_directory")
    (export "path_unlink_file") (export "sock_accept")
    (param i32 i32 i32) (result i32)
    (i32.const 8)
  )
  (func (export "path_filestat_get") (export "path_symlink") (export "sock_send")
    (param i32 i32 i32 i32 i32) (result i32)
    (i32.const 8)
  )
  (func (export "path_readlink") (export "path_rename") (export "sock_recv")
    (param i32 i32 i32 i32 i32 i32) (result i32)
    (i32.const 8)
  )
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.const 8)
  )
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)
    (i32.const 8)
  )
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32)
    (i32.const 8)
  )
  (func (export "fd_advise") (param i32 i64 i64 i32) (result i32)
    (i32.const 8)
  )
  (func (export "fd_allocate") (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32)
    (i32.const 8)
  )
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32)
    (i32.const 8)
  )
  (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32)
    (i32.const 8)
  )
  (func (export "fd_pread") (export "fd_pwrite") (export "fd_readdir") (param i32 i32 i32 i64 i32) (result i32)
    (i32.const 8)
  )
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32)
    (i32.const 8)
  )

  ;; Passes on the lines of a text, from where they are if nothing precedes them. What follows the last end of a line is
  ;; kept, unless it is to count as whole.
  (func $print (param $from i32) (param $end i32) (param $whole i32)
    (local $line i32)
    (if (global.get $paused)
      (then
        (call $keep (local.get $from) (local.get $end))
        (return)
      )
    )
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $from) (local.get $end)))
        (local.set $line (call $find_end (local.get $from) (local.get $end)))
        (if
          (i32.and
            (i32.or (i32.lt_u (local.get $line) (local.get $end)) (local.get $whole))
            (i32.and
              (i32.eqz (global.get $pending))
              (i32.eq (call $find_bad (local.get $from) (local.get $line)) (local.get $line))
            )
          )
          (then
            (call $log (local.get $from) (local.get $line))
          )
          (else
            (call $keep (local.get $from) (local.get $line))
            (if (i32.lt_u (local.get $line) (local.get $end))
              (then
                (call $flush)
              )
            )
          )
        )
        (br_if $done (i32.eq (local.get $line) (local.get $end)))
        (local.set $from (i32.add (local.get $line) (i32.const 1)))
        (br $next)
      )
    )
    (if (local.get $whole)
      (then
        (call $flush)
      )
    )
  )

  ;; One line, which is UTF-8. None if it is empty.
  (func $log (param $from i32) (param $end i32)
    (local $length i32)
    (local.set $length (i32.sub (local.get $end) (local.get $from)))
    (if (i32.eqz (local.get $length))
      (then
        (return)
      )
    )
    (if (i32.eq (global.get $stream) (i32.const 1))
      (then
        (call $debug (local.get $from) (local.get $length))
      )
      (else
        (call $warn (local.get $from) (local.get $length))
      )
    )
  )

  ;; Where the first line of a text ends.
  (func $find_end (param $at i32) (param $end i32) (result i32)
    (block $found
      (loop $next
        (br_if $found (i32.eq (local.get $at) (local.get $end)))
        (br_if $found (i32.eq (i32.load8_u (local.get $at)) (i32.const 10)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)
      )
    )
    (local.get $at)
  )

  ;; Where the first byte is that begins no UTF-8 character; the text's end if there is none. The host traps on a text
  ;; that is not UTF-8.
  (func $find_bad (param $at i32) (param $end i32) (result i32)
    (local $length i32)
    (block $found
      (loop $next
        (br_if $found (i32.eq (local.get $at) (local.get $end)))
        (local.set $length (call $character (local.get $at) (local.get $end)))
        (br_if $found (i32.eqz (local.get $length)))
        (local.set $at (i32.add (local.get $at) (local.get $length)))
        (br $next)
      )
    )
    (local.get $at)
  )

  ;; The bytes of the UTF-8 character that begins here; 0 if none does.
  (func $character (param $at i32) (param $end i32) (result i32)
    (local $code i32)
    (local $least i32)
    (local $byte i32)
    (local $length i32)
    (local $read i32)
    (local.set $code (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $code) (i32.const 0x80))
      (then
        (return (i32.const 1))
      )
    )
    (block $begun
      (if (i32.eq (i32.and (local.get $code) (i32.const 0xe0)) (i32.const 0xc0))
        (then
          (local.set $length (i32.const 2))
          (local.set $least (i32.const 0x80))
          (local.set $code (i32.and (local.get $code) (i32.const 0x1f)))
          (br $begun)
        )
      )
      (if (i32.eq (i32.and (local.get $code) (i32.const 0xf0)) (i32.const 0xe0))
        (then
          (local.set $length (i32.const 3))
          (local.set $least (i32.const 0x800))
          (local.set $code (i32.and (local.get $code) (i32.const 0x0f)))
          (br $begun)
        )
      )
      (if (i32.eq (i32.and (local.get $code) (i32.const 0xf8)) (i32.const 0xf0))
        (then
          (local.set $length (i32.const 4))
          (local.set $least (i32.const 0x10000))
          (local.set $code (i32.and (local.get $code) (i32.const 0x07)))
          (br $begun)
        )
      )
      (return (i32.const 0))
    )
    (if (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $at)))
      (then
        (return (i32.const 0))
      )
    )
    (local.set $read (i32.const 1))
    (loop $next
      (local.set $byte (i32.load8_u (i32.add (local.get $at) (local.get $read))))
      (if (i32.ne (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80))
        (then
          (return (i32.const 0))
        )
      )
      (local.set $code
        (i32.or (i32.shl (local.get $code) (i32.const 6)) (i32.and (local.get $byte) (i32.const 0x3f)))
      )
      (local.set $read (i32.add (local.get $read) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $read) (local.get $length)))
    )
    (if
      (i32.or
        (i32.or
          (i32.lt_u (local.get $code) (local.get $least))
          (i32.gt_u (local.get $code) (i32.const 0x10ffff))
        )
        (i32.eq (i32.and (local.get $code) (i32.const 0x1ff800)) (i32.const 0xd800)) ;; half of a surrogate pair
      )
      (then
        (return (i32.const 0))
      )
    )
    (local.get $length)
  )

  ;; Adds bytes to the unfinished line. Where they are too many, the line is cut between two characters; while the log may
  ;; not be called, the oldest bytes fall out.
  (func $keep (param $at i32) (param $end i32)
    (local $byte i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (if
          (i32.or
            (i32.eq (global.get $pending) (i32.const 512))
            (i32.and
              (i32.gt_u (global.get $pending) (i32.const 508))
              (i32.ne (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80))
            )
          )
          (then
            (if (global.get $paused)
              (then
                (global.set $pending (i32.sub (global.get $pending) (i32.const 8)))
              )
              (else
                (call $flush)
              )
            )
          )
        )
        (global.set $word
          (i64.or
            (i64.shr_u (global.get $word) (i64.const 8))
            (i64.shl (i64.extend_i32_u (local.get $byte)) (i64.const 56))
          )
        )
        (global.set $pending (i32.add (global.get $pending) (i32.const 1)))
        (if (i32.eqz (i32.and (global.get $pending) (i32.const 7)))
          (then
            (call $shift)
          )
        )
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)
      )
    )
  )

  ;; Passes on the unfinished line, and whole ones before it that had to wait, with a question mark for each byte that is
  ;; not UTF-8.
  (func $flush
    (local $from i32)
    (local $end i32)
    (local $at i32)
    (if (i32.eqz (global.get $pending))
      (then
        (return)
      )
    )
    ;; The full words end at 512, where the bytes of the last one follow.
    (local.set $from (i32.sub (i32.const 512) (i32.and (global.get $pending) (i32.const 0x3f8))))
    (local.set $end (i32.add (local.get $from) (global.get $pending)))
    (global.set $word
      (i64.shr_u
        (global.get $word)
        (i64.shl
          (i64.extend_i32_u (i32.sub (i32.const 8) (i32.and (global.get $pending) (i32.const 7))))
          (i64.const 3)
        )
      )
    )
    (global.set $pending (i32.const 0))
    (call $swap)
    (local.set $at (local.get $from))
    (block $clean
      (loop $next
        (local.set $at (call $find_bad (local.get $at) (local.get $end)))
        (br_if $clean (i32.eq (local.get $at) (local.get $end)))
        (i32.store8 (local.get $at) (i32.const 63))
        (br $next)
      )
    )
    (block $logged
      (loop $next
        (local.set $at (call $find_end (local.get $from) (local.get $end)))
        (call $log (local.get $from) (local.get $at))
        (br_if $logged (i32.eq (local.get $at) (local.get $end)))
        (local.set $from (i32.add (local.get $at) (i32.const 1)))
        (br $next)
      )
    )
    (call $swap)
  )

  ;; Makes room for a word.
  (func $shift
    (global.set $w00 (global.get $w01)) (global.set $w01 (global.get $w02)) (global.set $w02 (global.get $w03))
    (global.set $w03 (global.get $w04)) (global.set $w04 (global.get $w05)) (global.set $w05 (global.get $w06))
    (global.set $w06 (global.get $w07)) (global.set $w07 (global.get $w08)) (global.set $w08 (global.get $w09))
    (global.set $w09 (global.get $w10)) (global.set $w10 (global.get $w11)) (global.set $w11 (global.get $w12))
    (global.set $w12 (global.get $w13)) (global.set $w13 (global.get $w14)) (global.set $w14 (global.get $w15))
    (global.set $w15 (global.get $w16)) (global.set $w16 (global.get $w17)) (global.set $w17 (global.get $w18))
    (global.set $w18 (global.get $w19)) (global.set $w19 (global.get $w20)) (global.set $w20 (global.get $w21))
    (global.set $w21 (global.get $w22)) (global.set $w22 (global.get $w23)) (global.set $w23 (global.get $w24))
    (global.set $w24 (global.get $w25)) (global.set $w25 (global.get $w26)) (global.set $w26 (global.get $w27))
    (global.set $w27 (global.get $w28)) (global.set $w28 (global.get $w29)) (global.set $w29 (global.get $w30))
    (global.set $w30 (global.get $w31)) (global.set $w31 (global.get $w32)) (global.set $w32 (global.get $w33))
    (global.set $w33 (global.get $w34)) (global.set $w34 (global.get $w35)) (global.set $w35 (global.get $w36))
    (global.set $w36 (global.get $w37)) (global.set $w37 (global.get $w38)) (global.set $w38 (global.get $w39))
    (global.set $w39 (global.get $w40)) (global.set $w40 (global.get $w41)) (global.set $w41 (global.get $w42))
    (global.set $w42 (global.get $w43)) (global.set $w43 (global.get $w44)) (global.set $w44 (global.get $w45))
    (global.set $w45 (global.get $w46)) (global.set $w46 (global.get $w47)) (global.set $w47 (global.get $w48))
    (global.set $w48 (global.get $w49)) (global.set $w49 (global.get $w50)) (global.set $w50 (global.get $w51))
    (global.set $w51 (global.get $w52)) (global.set $w52 (global.get $w53)) (global.set $w53 (global.get $w54))
    (global.set $w54 (global.get $w55)) (global.set $w55 (global.get $w56)) (global.set $w56 (global.get $w57))
    (global.set $w57 (global.get $w58)) (global.set $w58 (global.get $w59)) (global.set $w59 (global.get $w60))
    (global.set $w60 (global.get $w61)) (global.set $w61 (global.get $w62)) (global.set $w62 (global.get $w63))
    (global.set $w63 (global.get $word))
  )

  ;; Changes the words for the first bytes of memory.
  (func $swap
    (global.set $at (i32.const 0))
    (global.set $w00 (call $exchange (global.get $w00))) (global.set $w01 (call $exchange (global.get $w01)))
    (global.set $w02 (call $exchange (global.get $w02))) (global.set $w03 (call $exchange (global.get $w03)))
    (global.set $w04 (call $exchange (global.get $w04))) (global.set $w05 (call $exchange (global.get $w05)))
    (global.set $w06 (call $exchange (global.get $w06))) (global.set $w07 (call $exchange (global.get $w07)))
    (global.set $w08 (call $exchange (global.get $w08))) (global.set $w09 (call $exchange (global.get $w09)))
    (global.set $w10 (call $exchange (global.get $w10))) (global.set $w11 (call $exchange (global.get $w11)))
    (global.set $w12 (call $exchange (global.get $w12))) (global.set $w13 (call $exchange (global.get $w13)))
    (global.set $w14 (call $exchange (global.get $w14))) (global.set $w15 (call $exchange (global.get $w15)))
    (global.set $w16 (call $exchange (global.get $w16))) (global.set $w17 (call $exchange (global.get $w17)))
    (global.set $w18 (call $exchange (global.get $w18))) (global.set $w19 (call $exchange (global.get $w19)))
    (global.set $w20 (call $exchange (global.get $w20))) (global.set $w21 (call $exchange (global.get $w21)))
    (global.set $w22 (call $exchange (global.get $w22))) (global.set $w23 (call $exchange (global.get $w23)))
    (global.set $w24 (call $exchange (global.get $w24))) (global.set $w25 (call $exchange (global.get $w25)))
    (global.set $w26 (call $exchange (global.get $w26))) (global.set $w27 (call $exchange (global.get $w27)))
    (global.set $w28 (call $exchange (global.get $w28))) (global.set $w29 (call $exchange (global.get $w29)))
    (global.set $w30 (call $exchange (global.get $w30))) (global.set $w31 (call $exchange (global.get $w31)))
    (global.set $w32 (call $exchange (global.get $w32))) (global.set $w33 (call $exchange (global.get $w33)))
    (global.set $w34 (call $exchange (global.get $w34))) (global.set $w35 (call $exchange (global.get $w35)))
    (global.set $w36 (call $exchange (global.get $w36))) (global.set $w37 (call $exchange (global.get $w37)))
    (global.set $w38 (call $exchange (global.get $w38))) (global.set $w39 (call $exchange (global.get $w39)))
    (global.set $w40 (call $exchange (global.get $w40))) (global.set $w41 (call $exchange (global.get $w41)))
    (global.set $w42 (call $exchange (global.get $w42))) (global.set $w43 (call $exchange (global.get $w43)))
    (global.set $w44 (call $exchange (global.get $w44))) (global.set $w45 (call $exchange (global.get $w45)))
    (global.set $w46 (call $exchange (global.get $w46))) (global.set $w47 (call $exchange (global.get $w47)))
    (global.set $w48 (call $exchange (global.get $w48))) (global.set $w49 (call $exchange (global.get $w49)))
    (global.set $w50 (call $exchange (global.get $w50))) (global.set $w51 (call $exchange (global.get $w51)))
    (global.set $w52 (call $exchange (global.get $w52))) (global.set $w53 (call $exchange (global.get $w53)))
    (global.set $w54 (call $exchange (global.get $w54))) (global.set $w55 (call $exchange (global.get $w55)))
    (global.set $w56 (call $exchange (global.get $w56))) (global.set $w57 (call $exchange (global.get $w57)))
    (global.set $w58 (call $exchange (global.get $w58))) (global.set $w59 (call $exchange (global.get $w59)))
    (global.set $w60 (call $exchange (global.get $w60))) (global.set $w61 (call $exchange (global.get $w61)))
    (global.set $w62 (call $exchange (global.get $w62))) (global.set $w63 (call $exchange (global.get $w63)))
    (global.set $word (call $exchange (global.get $word)))
  )
  (func $exchange (param $new i64) (result i64)
    (local $old i64)
    (local.set $old (i64.load (global.get $at)))
    (i64.store (global.get $at) (local.get $new))
    (global.set $at (i32.add (global.get $at) (i32.const 8)))
    (local.get $old)
  )
)
