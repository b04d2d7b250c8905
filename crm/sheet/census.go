package sheet

import "unicode/utf8"

// census counts, byte by byte, what would speak for each encoding.
type census struct {
	size     int
	control  int    // bytes that no text has
	zeros    [2]int // NUL at even and odd offsets
	ends     [2]int // delimiters and line ends with their NUL before (UTF-16BE) or behind (LE), aligned
	prev     byte
	carry    []byte // an unfinished UTF-8 sequence
	multi    int    // UTF-8 sequences beyond ASCII
	broken   int    // bytes that are not UTF-8
	gb       gbCensus
	western  int // letters and signs that Western text has beyond ASCII
	unwanted int // bytes that Western text has not
}

// gbCensus follows the states of GB18030: 0 outside, 1 after a lead byte, 2 and 3 inside four bytes.
type gbCensus struct {
	state         int
	lead          byte
	common        int // pairs of the GB2312 plane, which nearly all Chinese text consists of, and four-byte characters
	pairs, broken int
}

// Write counts and never fails.
func (c *census) Write(p []byte) (int, error) {
	c.countUTF8(p)
	for _, b := range p {
		c.countUTF16(b)
		c.gb.count(b)
		switch {
		case b < 0x20 && b != 0 && (b < '\t' || b > '\r') && b != 0x1b:
			c.control++
		case b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d:
			c.unwanted++
		case b >= 0xc0 || b == 0xa0 || b == 0x80 || b >= 0x91 && b <= 0x97 || b == 0xb0 || b == 0xa9 || b == 0xae:
			c.western++
		case b >= 0x80:
			c.unwanted++
		}
		c.prev = b
		c.size++
	}
	return len(p), nil
}

func (c *census) countUTF16(b byte) {
	side := c.size % 2
	if b == 0 {
		c.zeros[side]++
	}
	if side == 0 {
		return
	}
	if c.prev == 0 && isEnd(b) {
		c.ends[0]++
	}
	if b == 0 && isEnd(c.prev) {
		c.ends[1]++
	}
}

func isEnd(b byte) bool {
	return b == '\n' || b == '\r' || b == ',' || b == ';' || b == '\t' || b == '|'
}

func (c *census) countUTF8(p []byte) {
	if len(c.carry) > 0 {
		p = append(c.carry, p...)
		c.carry = nil
	}
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			p = p[1:]
			continue
		}
		if !utf8.FullRune(p) {
			c.carry = append([]byte(nil), p...)
			return
		}
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 {
			c.broken++
		} else {
			c.multi++
		}
		p = p[n:]
	}
}

func (g *gbCensus) count(b byte) {
	switch {
	case g.state == 0:
		g.start(b)
	case g.state == 1 && b >= '0' && b <= '9':
		g.state = 2
	case g.state == 2 && b >= 0x81 && b <= 0xfe:
		g.state = 3
	case g.state == 3 && b >= '0' && b <= '9':
		g.state = 0
		g.pairs++
		g.common++
	case g.state == 1 && b >= 0x40 && b != 0x7f && b != 0xff:
		g.state = 0
		g.pairs++
		if g.lead >= 0xa1 && b >= 0xa1 {
			g.common++
		}
	default:
		g.broken++
		g.start(b)
	}
}

func (g *gbCensus) start(b byte) {
	g.state = 0
	switch {
	case b >= 0x81 && b <= 0xfe:
		g.state, g.lead = 1, b
	case b == 0xff:
		g.broken++
	}
}

// verdict weighs the counts. A few broken bytes do not decide: the rows that hold them become problems.
func (c *census) verdict() (string, error) {
	broken, gbBroken := c.broken+len(c.carry), c.gb.broken
	if c.gb.state != 0 {
		gbBroken++
	}
	if name := c.utf16(); name != "" {
		return name, nil
	}
	switch {
	case 20*c.control > c.size || 4*(c.zeros[0]+c.zeros[1]) > c.size:
		return "", notATable("binary data")
	case broken == 0 || c.multi >= 10*broken:
		return "utf-8", nil
	case c.gb.pairs >= 50*gbBroken && 10*c.gb.common >= 8*c.gb.pairs && c.gb.pairs > 0:
		return "gb18030", nil
	case c.unwanted == 0 && c.western > 0:
		return "windows-1252", nil
	}
	return "", refuse(UnknownEncoding, "the text encoding is not clear; save the file as CSV UTF-8, or name its encoding (gb18030, big5, windows-1252, …)")
}

// utf16 answers when NULs stand nearly all on one side of the byte pairs, among them those of delimiters.
func (c *census) utf16() string {
	even, odd := c.zeros[0], c.zeros[1]
	if c.size%2 != 0 || 20*(even+odd) < c.size {
		return ""
	}
	switch {
	case odd >= 20*even && c.ends[1] > 0:
		return "utf-16le"
	case even >= 20*odd && c.ends[0] > 0:
		return "utf-16be"
	}
	return ""
}
