"""Close every door behind the decoder: limits, privileges, files, network, system calls.

Runs inside the child only, from the standard library alone. Sources: seccomp(2), landlock(7),
the kernel's ``unistd`` tables for x86-64 and arm64.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
SECCOMP_ALLOW = 0x7FFF0000
SECCOMP_KILL = 0x80000000
SECCOMP_EPERM = 0x00050001
NOBODY = 65534
LANDLOCK_CREATE, LANDLOCK_RESTRICT = 444, 446

# What decoding from open descriptors into open descriptors needs, and nothing else. newfstatat
# is how glibc does fstat(); it lets a path's existence be learned, never its content.
ALLOWED = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9,
        "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
        "rt_sigreturn": 15, "ioctl": 16, "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20,
        "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35, "getpid": 39, "exit": 60,
        "uname": 63, "fcntl": 72, "getrusage": 98, "sysinfo": 99, "sigaltstack": 131,
        "gettid": 186, "futex": 202, "sched_getaffinity": 204, "restart_syscall": 219,
        "clock_gettime": 228, "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234,
        "newfstatat": 262, "getrandom": 318, "membarrier": 324, "rseq": 334,
    },
    "aarch64": {
        "fcntl": 25, "ioctl": 29, "close": 57, "lseek": 62, "read": 63, "write": 64, "readv": 65,
        "writev": 66, "pread64": 67, "pwrite64": 68, "ppoll": 73, "newfstatat": 79, "fstat": 80,
        "exit": 93, "exit_group": 94, "futex": 98, "nanosleep": 101, "clock_gettime": 113,
        "clock_nanosleep": 115, "sched_getaffinity": 123, "sched_yield": 124,
        "restart_syscall": 128, "tgkill": 131, "sigaltstack": 132, "rt_sigaction": 134,
        "rt_sigprocmask": 135, "rt_sigreturn": 139, "uname": 160, "getrusage": 165, "getpid": 172,
        "gettid": 178, "sysinfo": 179, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222,
        "mprotect": 226, "madvise": 233, "getrandom": 278, "membarrier": 283, "rseq": 293,
    },
}  # fmt: skip
# What a library needs that computes in threads of its own, as Pango does. Processes stay impossible:
# the flags of clone() are looked at, and clone3(), which hides them, answers "unknown" as old kernels do.
THREADS = {
    "x86_64": {"clone": 56, "set_robust_list": 273, "clone3": 435},
    "aarch64": {"clone": 220, "set_robust_list": 99, "clone3": 435},
}
CLONE_THREAD = 0x10000
SECCOMP_ENOSYS = 0x00050026
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_LIBC = ctypes.CDLL(None, use_errno=True)


def close_all(
    *, memory_bytes: int, cpu_s: int, output_bytes: int, with_threads: bool = False
) -> dict[str, int | bool]:
    """Close every door for good; return which guards hold. ``with_threads`` lets threads begin.

    Raises
    ------
    OSError
        If the kernel refuses a guard that it offers; the caller must then end.
    """
    _drop_root()
    limits = (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, output_bytes),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
        *(() if with_threads else ((resource.RLIMIT_NPROC, 0),)),
    )
    for limit, value in limits:
        resource.setrlimit(limit, (value, value))
    if _LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs refused")
    landlock = _close_files_and_network()
    return {"landlock": landlock, "seccomp": _close_system_calls(with_threads=with_threads)}


def _drop_root() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _close_files_and_network() -> int:
    """Landlock: handle every right that this kernel knows and allow none. 0: kernel without it."""
    version = _LIBC.syscall(LANDLOCK_CREATE, None, 0, 1)
    if version <= 0:
        return 0
    rights_by_version = {1: 13, 2: 14, 3: 15, 4: 15}
    file_rights = (1 << rights_by_version.get(version, 16)) - 1
    network = 0b11 if version >= 4 else 0
    ruleset_attr = struct.pack("QQ", file_rights, network)[: 16 if version >= 4 else 8]
    ruleset = _LIBC.syscall(LANDLOCK_CREATE, ruleset_attr, len(ruleset_attr), 0)
    if ruleset < 0 or _LIBC.syscall(LANDLOCK_RESTRICT, ruleset, 0):
        raise OSError(ctypes.get_errno(), "landlock refused")
    os.close(ruleset)
    return int(version)


def _close_system_calls(*, with_threads: bool) -> bool:
    """Seccomp: the calls in ``ALLOWED``, EPERM for all others. False: an unknown machine."""
    machine = platform.machine()
    if machine not in ALLOWED:
        return False
    threads = THREADS[machine]
    numbers = sorted({*ALLOWED[machine].values(), *([threads["set_robust_list"]] * with_threads)})

    def step(code: int, if_true: int, if_false: int, value: int) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    load, jump_if_equal, jump_if_set, answer = 0x20, 0x15, 0x45, 0x06
    cloning = [
        step(jump_if_equal, 0, 1, threads["clone3"]),
        step(answer, 0, 0, SECCOMP_ENOSYS),
        step(jump_if_equal, 0, 4, threads["clone"]),
        step(load, 0, 0, 16),  # the flags
        step(jump_if_set, 0, 1, CLONE_THREAD),
        step(answer, 0, 0, SECCOMP_ALLOW),
        step(answer, 0, 0, SECCOMP_EPERM),
    ]
    program = [
        step(load, 0, 0, 4),  # the architecture that makes the call
        step(jump_if_equal, 1, 0, AUDIT_ARCH[machine]),
        step(answer, 0, 0, SECCOMP_KILL),
        step(load, 0, 0, 0),  # the call's number
        *(cloning if with_threads else ()),
        *(step(jump_if_equal, len(numbers) - i, 0, n) for i, n in enumerate(numbers)),
        step(answer, 0, 0, SECCOMP_EPERM),
        step(answer, 0, 0, SECCOMP_ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(program))
    pointer = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
    if _LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, pointer, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp refused")
    return True
