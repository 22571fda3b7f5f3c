import Store

/// The way through a request to its spans or log records, which is one: `ResourceSpans` and
/// `ResourceLogs` number their fields alike, and so do `ScopeSpans` and `ScopeLogs`.
protocol RequestWalk {
  /// What requests are decoded into.
  associatedtype Batch: AnyObject

  var common: CommonDecoder { get }
  /// The columns that resources, scopes and items go to.
  static func lines(of batch: Batch) -> SpanBatch
  /// Reads the span or record that was begun in the batch's lines, and finishes it there.
  mutating func item(_ message: WireReader, into batch: Batch) throws(WireError)
}

extension RequestWalk {
  /// Fills an empty batch with the request's items. What is in the batch after an error is of no use.
  ///
  /// The batch points into `body`, which must live until the batch has been appended.
  mutating func walk(_ body: UnsafeRawBufferPointer, into batch: Batch) throws(WireError) {
    // Safe: the batch is appended before the body goes; see above.
    var reader = unsafe WireReader(WireBytes(body))
    guard body.count < 1 << 31 else { throw reader.error(.tooLarge) }
    while !reader.isAtEnd {
      let tag = try reader.tag()
      // repeated ResourceSpans resource_spans = 1;
      if tag == 10 {
        let run = try reader.bytes()
        guard !Self.lines(of: batch).isFullOfResources else { throw reader.error(.tooLarge) }
        try resourceItems(reader.nested(run), into: batch)
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
  }

  private mutating func resourceItems(_ whole: WireReader, into batch: Batch) throws(WireError) {
    let lines = Self.lines(of: batch)
    // The resource and the schema may stand behind the items they belong to: look for them first.
    var reader = whole
    var resource = WireBytes.empty
    var schemaURL = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10:  // Resource resource = 1;
        resource = try common.join(
          resource, try reader.bytes(), .resource, whole, depth: 97, lines)
      case 26: schemaURL = try reader.bytes()  // string schema_url = 3;
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 1)
      }
    }
    let number = try common.resource(resource, common.mended(schemaURL, lines), whole, lines)
    reader = whole
    while !reader.isAtEnd {
      let tag = try reader.tag()
      // repeated ScopeSpans scope_spans = 2;
      if tag == 18 {
        let run = try reader.bytes()
        guard !lines.isFullOfScopes else { throw reader.error(.tooLarge) }
        try scopeItems(reader.nested(run), resource: number, into: batch)
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth - 1)
      }
    }
  }

  private mutating func scopeItems(
    _ whole: WireReader, resource: Int, into batch: Batch
  ) throws(WireError) {
    let lines = Self.lines(of: batch)
    // The scope and the schema may stand behind the items, whose number for them is given before.
    let number = lines.beginScope()
    var reader = whole
    var scope = WireBytes.empty
    var schemaURL = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10:  // InstrumentationScope scope = 1;
        scope = try common.join(scope, try reader.bytes(), .scope, whole, depth: 96, lines)
      case 18:  // repeated Span spans = 2;
        let run = try reader.bytes()
        guard !lines.isFullOfSpans else { throw reader.error(.tooLarge) }
        lines.beginSpan(resource: resource, scope: number)
        try item(reader.nested(run), into: batch)
      case 26: schemaURL = try reader.bytes()  // string schema_url = 3;
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 2)
      }
    }
    try common.scope(number, scope, common.mended(schemaURL, lines), whole, lines)
  }
}
