import Store

/// Telling requests of logs from requests of spans, whose outer messages number their fields alike.
extension RequestKind {
  /// What a whole request holds.
  init(ofRequest request: WireBytes) { self.init(of: request, depth: 3) }

  /// What a `ResourceSpans` or `ResourceLogs` holds.
  init(ofGroup group: WireBytes) { self.init(of: group, depth: 2) }

  /// Looks for the first item whose fields say what it is: few are needed, as encoders write times and
  /// ids first. What says nothing is taken for spans.
  private init(of message: WireBytes, depth: Int) {
    self = Self.kind(of: message, depth: depth) ?? .spans
  }

  private static func kind(of message: WireBytes, depth: Int) -> RequestKind? {
    guard depth > 0 else { return kind(ofItem: message) }
    var reader = WireReader(message)
    // Requests have their groups in field 1; groups have theirs, and those their items, in field 2.
    let wanted: UInt32 = depth == 3 ? 10 : 18
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        if tag == wanted {
          if let kind = kind(of: try reader.bytes(), depth: depth - 1) { return kind }
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      return nil
    }
    return nil
  }

  private static func kind(ofItem item: WireBytes) -> RequestKind? {
    var reader = WireReader(item)
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        switch tag {
        // LogRecord: time = 1, severity_number = 2, dropped_attributes_count = 7, flags = 8,
        // observed_time = 11, with wire types that a Span has not there.
        case 9, 16, 56, 69, 89: return .logs
        // Span: kind = 6, start = 7, end = 8, dropped counts = 10, 12, 14, flags = 16.
        case 48, 57, 65, 80, 96, 112, 133: return .spans
        // bytes trace_id = 1; a LogRecord has none of length there.
        case 10: return .spans
        default: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      return nil
    }
    return nil
  }
}
