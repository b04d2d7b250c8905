package sheet

import "bytes"

// splitTags yields what follows each "<": a tag and the text behind it.
func splitTags(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '<'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// tagName is the name without its namespace, with the slash of an end tag.
func tagName(head []byte) string {
	slash := len(head) > 0 && head[0] == '/'
	if slash {
		head = head[1:]
	}
	if i := bytes.IndexAny(head, " /\t\r\n"); i >= 0 {
		head = head[:i]
	}
	if i := bytes.IndexByte(head, ':'); i >= 0 {
		head = head[i+1:]
	}
	if slash {
		return "/" + string(head)
	}
	return string(head)
}

// attribute finds a value that needs no unescaping: references, numbers and flags.
func attribute(head []byte, name string) string {
	for _, space := range []byte(" \t\r\n") {
		key := append([]byte{space}, name+"="...)
		if i := bytes.Index(head, key); i >= 0 && i+len(key) < len(head) {
			quote, rest := head[i+len(key)], head[i+len(key)+1:]
			if end := bytes.IndexByte(rest, quote); end >= 0 {
				return string(rest[:end])
			}
		}
	}
	return ""
}
