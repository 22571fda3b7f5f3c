/// A resource as a segment keeps it, once for all rows that have it.
struct SegmentOrigin: Sendable {
  /// String ids: the message's wire bytes, the `schema_url`, and `service.name` or the scope's name.
  var message: UInt32
  var schemaURL: UInt32
  var name: UInt32
  /// Its attributes in order: string ids of keys, and values.
  var attributes: [(key: UInt32, value: ValueReference)]
}

/// The small numbers that many spans share.
struct SpanClass: Hashable, Sendable {
  var kind: Int32
  var statusCode: Int32
  var flags: UInt32
}

/// What a reader needs of a segment beside its rows; a value, made when a snapshot is published.
struct SegmentDirectory: Sendable {
  var columns: [AttributeColumn] = []
  var resources: [SegmentOrigin] = []
  var scopes: [SegmentOrigin] = []
  var classes: [SpanClass] = []
}
