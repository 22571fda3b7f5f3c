import Glibc

/// How many files, and so connections, this process may have open.
enum FileLimit {
  /// Files that are not connections: the journal, the log, event loops, with room to spare.
  static let reserve = 128

  /// Raises the limit as far as it is wanted and the system lets it. Returns a line for the person where
  /// that is not far enough.
  static func raise(forConnections count: Int) -> String? {
    var limit = rlimit()
    let wanted = rlim_t(count + reserve)
    // Safe: written, then read by the calls.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
      limit.rlim_cur < wanted
    else { return nil }
    let possible = min(limit.rlim_max, wanted)
    limit.rlim_cur = possible
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
      possible == wanted
    else {
      return "--max-connections \(count) is more than \(possible) open files allow; "
        + "raise the limit with ulimit -n or LimitNOFILE="
    }
    return nil
  }
}
