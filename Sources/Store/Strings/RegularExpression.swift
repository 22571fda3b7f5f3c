internal import Glibc

/// A POSIX extended regular expression, compiled by the C library, looked for anywhere in a text.
///
/// Patterns and texts are read as UTF-8 whatever the process's locale is. Matching takes time
/// linear in the text, because what makes it otherwise is refused: back references, and repetitions
/// that multiply beyond `maximumRepetition`.
public struct RegularExpression: Equatable, Sendable {
  /// What was typed.
  public let pattern: String
  private let compiled: Compiled

  /// How often repetition counts may multiply out, as in `(a{100}){10}`: the C library spends
  /// memory on each.
  static let maximumRepetition = 10_000

  /// Compiles the pattern, or says in the C library's words what is wrong with it.
  public init(_ pattern: String) throws(Failure) {
    if let reason = RegularExpression.refusal(of: pattern) { throw Failure(reason: reason) }
    self.pattern = pattern
    compiled = try Compiled.make(pattern)
  }

  /// Why a pattern is none, in a few lower-case words: "unmatched ( or \\(".
  public struct Failure: Error, Equatable {
    public let reason: String
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.pattern.utf8.elementsEqual(right.pattern.utf8)
  }

  public func matches(_ text: String) -> Bool { matches(text.utf8.span) }

  /// Whether it is found in `text`, valid UTF-8, zero bytes included. Any thread may ask.
  public func matches(_ text: Span<UInt8>) -> Bool { compiled.matches(text) }

  /// Why a pattern that the C library would take is not wanted, or nil.
  private static func refusal(of pattern: String) -> String? {
    if pattern.utf8.contains(0) { return "a zero character cannot be matched" }
    var product = 1
    var isEscaped = false
    var bound: Int?
    var least = 1
    for byte in pattern.utf8 {
      if isEscaped {
        isEscaped = false
        if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte) {
          return "back references are not supported"
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "{"): bound = 0
      case UInt8(ascii: ","):
        // Of {2,5} the larger counts; {2,} is 2 and a loop.
        if let lower = bound {
          least = lower
          bound = 0
        }
      case UInt8(ascii: "}"):
        product = min(product * max(bound ?? 1, least, 1), .max >> 32)
        bound = nil
        least = 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if let digits = bound { bound = min(digits * 10 + Int(byte) - 48, 100_000) }
      default: break
      }
    }
    return product > maximumRepetition ? "it repeats more than \(maximumRepetition) times" : nil
  }
}

extension RegularExpression {
  /// Owns the C library's compiled form.
  ///
  /// @unchecked: written in init and deinit alone; regexec takes its own lock and is thread-safe.
  @safe private final class Compiled: @unchecked Sendable {
    private let regex: UnsafeMutablePointer<regex_t>

    private init(owning regex: UnsafeMutablePointer<regex_t>) {
      unsafe self.regex = unsafe regex
    }

    static func make(_ pattern: String) throws(Failure) -> Compiled {
      let regex = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
      unsafe regex.initialize(to: regex_t())
      let code = UTF8Locale.shared.current {
        unsafe regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB)
      }
      if code == 0 { return unsafe Compiled(owning: regex) }
      var message = [CChar](repeating: 0, count: 256)
      unsafe regerror(code, regex, &message, message.count)
      // What regcomp refused it has freed by itself.
      unsafe regex.deallocate()
      let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let reason = String(decoding: bytes, as: UTF8.self)
      throw Failure(reason: reason.prefix(1).lowercased() + reason.dropFirst())
    }

    deinit {
      unsafe regfree(regex)
      unsafe regex.deallocate()
    }

    func matches(_ text: Span<UInt8>) -> Bool {
      // REG_STARTEND: the text is a range of bytes, with no zero at its end and zeros inside if it
      // likes.
      var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(clamping: text.count))
      return unsafe text.withUnsafeBytes { bytes in
        let empty: StaticString = ""
        let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(empty.utf8Start)
        return UTF8Locale.shared.current {
          unsafe regexec(regex, start.assumingMemoryBound(to: CChar.self), 1, &range, REG_STARTEND)
            == 0
        }
      }
    }
  }

  /// The locale in which the C library reads UTF-8, so that `.` is one character in every process.
  ///
  /// @unchecked: made once and never changed.
  @safe private final class UTF8Locale: @unchecked Sendable {
    static let shared = UTF8Locale()
    private let locale: locale_t?

    private init() {
      unsafe locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
    }

    /// Runs `body` with this thread's locale set; where the system has none, in the process's own.
    func current<Result>(_ body: () -> Result) -> Result {
      guard let locale = unsafe locale else { return body() }
      let previous = unsafe uselocale(locale)
      defer { unsafe uselocale(previous) }
      return body()
    }
  }
}
