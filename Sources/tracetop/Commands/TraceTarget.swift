import Store

/// Which traces `trace` is asked for.
enum TraceTarget: Equatable {
  case last
  case any
  /// The first eight hexadecimal digits of an id.
  case short(UInt32)
  case full(TraceID)

  /// Reads a target as `planoai trace` does, with its words for what is wrong; digits of either case.
  init(_ text: String) throws(Failure) {
    switch text {
    case "last": self = .last
    case "any": self = .any
    default:
      switch text.count {
      case 8:
        guard text.allSatisfy(\.isHexDigit), let digits = UInt32(text, radix: 16), digits != 0
        else { throw Failure("Short trace ID must be 8 hex characters.") }
        self = .short(digits)
      case 32:
        guard let id = TraceID(hex: text), !id.isZero else {
          throw Failure("Trace ID must be 32 hex characters.")
        }
        self = .full(id)
      default: throw Failure("Trace ID must be 8 or 32 hex characters.")
      }
    }
  }

  /// Whether it names a trace by its id.
  var isID: Bool {
    switch self {
    case .last, .any: false
    case .short, .full: true
    }
  }

  /// The same in the filter language; nil where every trace is meant.
  var filter: String? {
    switch self {
    case .last, .any: nil
    case .short(let digits): "trace=\(Hex.text(UInt64(digits)).suffix(8))*"
    case .full(let id): "trace=\(id.hex)"
    }
  }

  func selects(_ id: TraceID) -> Bool {
    switch self {
    case .last, .any: true
    case .short(let digits): id.high >> 32 == UInt64(digits)
    case .full(let wanted): id == wanted
    }
  }
}
