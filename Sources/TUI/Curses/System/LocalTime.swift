import Glibc

/// The C library's knowledge of the machine's time zone; here because it is reached through pointers.
enum LocalTime {
  /// Seconds east of Greenwich at a moment, daylight saving included; 0 where the C library does not know.
  static func offset(at seconds: Int) -> Int {
    var moment = time_t(seconds)
    var parts = unsafe tm()
    guard unsafe localtime_r(&moment, &parts) != nil else { return 0 }
    return unsafe parts.tm_gmtoff
  }
}
