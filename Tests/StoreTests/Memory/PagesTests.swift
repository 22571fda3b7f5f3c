import Testing

@testable import Store

@Suite("Pages")
struct PagesTests {
  @Test(
    "A table of whole large pages is zeroed and begins where a large page begins", arguments: 1...3)
  func aligned(pages: Int) {
    let size = pages * Pages.largeSize
    let block = unsafe Pages.allocate(table: size)
    #expect(Int(bitPattern: block) % Pages.largeSize == 0)
    let bytes = unsafe UnsafeMutableRawBufferPointer(start: block, count: size)
    let places = Array(stride(from: 0, to: size, by: 509)) + [size - 1]
    #expect(places.allSatisfy { unsafe bytes[$0] == 0 })
    for place in places { unsafe bytes[place] = 0xA5 }
    #expect(places.allSatisfy { unsafe bytes[$0] == 0xA5 })
    unsafe Pages.free(block, size)
  }
}
