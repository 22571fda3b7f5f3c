import Store

extension WireWriter {
  /// The request that holds spans or log records, in the order given: `ResourceSpans` and
  /// `ResourceLogs` number their fields alike, and so do `ScopeSpans` and `ScopeLogs`.
  ///
  /// Neighbours with equal resource and scope share a group and a change of either begins a new one, so
  /// what a reader receives comes in the order of the items. `write` writes one item's fields.
  mutating func request<Items: RandomAccessCollection>(
    of items: Items, resource: KeyPath<Items.Element, Resource>,
    scope: KeyPath<Items.Element, Scope>,
    _ write: (Items.Element, inout WireWriter) -> Void
  ) {
    var rest = items[...]
    while let first = rest.first {
      let origin = first[keyPath: resource]
      var group = rest.prefix { $0[keyPath: resource] == origin }
      rest = rest.dropFirst(group.count)
      // repeated ResourceSpans resource_spans = 1; in it resource = 1, scope_spans = 2, schema_url = 3.
      message(1) { writer in
        writer.message(1) { $0.resource(origin) }
        while let first = group.first {
          let instrument = first[keyPath: scope]
          let run = group.prefix { $0[keyPath: scope] == instrument }
          group = group.dropFirst(run.count)
          // In it scope = 1, spans = 2, schema_url = 3.
          writer.message(2) { writer in
            writer.message(1) { $0.scope(instrument) }
            for item in run { writer.message(2) { write(item, &$0) } }
            writer.text(3, instrument.schemaURL)
          }
        }
        writer.text(3, origin.schemaURL)
      }
    }
  }
}
