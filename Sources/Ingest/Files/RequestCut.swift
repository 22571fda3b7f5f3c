import Store

/// Cuts a request into shorter ones of the same items, each with what is said of its items' resource and
/// scope.
///
/// For receivers that take no request as long as that, or with as many items.
struct RequestCut {
  /// A request that is a part of another, and how many spans or log records it has.
  struct Part: Equatable {
    var request: [UInt8]
    var items: Int
  }

  /// What of a group or scope is in the part that is being filled: its fields but for its items.
  private struct Scope {
    var fields: [UInt8]
    var items: [Item] = []
  }

  /// An item, and how many before it in the request are the same: a part has to say so of log records,
  /// which would be taken for one that was sent again; see ``LogBatch/copyField``.
  private struct Item {
    var bytes: WireBytes
    var copies: UInt64
  }

  /// What makes log records the same.
  private struct Content: Hashable {
    var group: [UInt8]
    var scope: [UInt8]
    var item: [UInt8]
  }

  private struct Group {
    var fields: [UInt8]
    var scopes: [Scope] = []
  }

  /// More than the tags and lengths of nested messages take.
  private static let headBytes = 12

  private let kind: RequestKind
  private let mostBytes: Int
  private var found: [Content: UInt64] = [:]
  private var parts: [Part] = []
  private var groups: [Group] = []
  private var bytes = 0
  private var items = 0

  /// The parts of a request, none longer than `mostBytes` but where a single item makes it so; none at
  /// all where the request is not well-formed.
  static func parts(
    of request: ArraySlice<UInt8>, _ kind: RequestKind, atMost mostBytes: Int
  ) -> [Part] {
    unsafe request.withUnsafeBytes { bytes in
      var cut = RequestCut(kind, mostBytes: mostBytes)
      do throws(WireError) {
        try cut.read(unsafe WireBytes(bytes))
      } catch {
        return []
      }
      cut.finishPart()
      return cut.parts
    }
  }

  private init(_ kind: RequestKind, mostBytes: Int) {
    self.kind = kind
    self.mostBytes = mostBytes
  }

  private mutating func read(_ request: WireBytes) throws(WireError) {
    for group in try RequestRegrouping.split(request, at: 10).runs {
      let (scopes, groupFields) = try RequestRegrouping.split(group, at: 18)
      var isGroupOpen = false
      for scopeItems in scopes {
        let (found, scopeFields) = try RequestRegrouping.split(scopeItems, at: 18)
        var isScopeOpen = false
        for item in found {
          let scopeBytes = scopeFields.count + Self.headBytes
          let groupBytes = groupFields.count + Self.headBytes
          let more =
            item.count + Self.headBytes + (isScopeOpen ? 0 : scopeBytes)
            + (isGroupOpen ? 0 : groupBytes)
          if items > 0, bytes + more > mostBytes {
            finishPart()
            (isGroupOpen, isScopeOpen) = (false, false)
          }
          if !isGroupOpen {
            groups.append(Group(fields: groupFields))
            bytes += groupBytes
          }
          if !isScopeOpen {
            groups[groups.count - 1].scopes.append(Scope(fields: scopeFields))
            bytes += scopeBytes
          }
          (isGroupOpen, isScopeOpen) = (true, true)
          let last = groups[groups.count - 1].scopes.count - 1
          let copies = copies(of: item, groupFields, scopeFields)
          groups[groups.count - 1].scopes[last].items.append(Item(bytes: item, copies: copies))
          bytes += item.count + Self.headBytes
          items += 1
        }
      }
    }
  }

  private mutating func copies(
    of item: WireBytes, _ group: [UInt8], _ scope: [UInt8]
  ) -> UInt64 {
    guard kind == .logs else { return 0 }
    let content = Content(group: group, scope: scope, item: item.array)
    let copies = found[content, default: 0]
    found[content] = copies + 1
    return copies > 0 && LogBatch.hasCopyNumber(item) ? 0 : copies
  }

  private static func write(_ item: Item, into writer: inout WireWriter) {
    guard item.copies > 0 else { return writer.bytes(2, item.bytes) }
    writer.message(2) { (writer: inout WireWriter) in
      writer.raw(item.bytes)
      writer.varint(LogBatch.copyField, item.copies)
    }
  }

  private mutating func finishPart() {
    guard items > 0 else { return }
    var writer = WireWriter(reserving: bytes)
    for group in groups {
      // repeated ResourceSpans resource_spans = 1; ResourceLogs have the same numbers.
      writer.message(1) { (writer: inout WireWriter) in
        writer.raw(group.fields)
        for scope in group.scopes {
          writer.message(2) { (writer: inout WireWriter) in
            writer.raw(scope.fields)
            for item in scope.items { Self.write(item, into: &writer) }
          }
        }
      }
    }
    parts.append(Part(request: writer.bytes, items: items))
    groups = []
    (bytes, items) = (0, 0)
  }
}
