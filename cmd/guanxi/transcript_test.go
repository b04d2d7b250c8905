package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// logged returns the log's JSON lines that have all the given fields.
func (p *process) logged(fields object) []object {
	var found []object
	for line := range strings.Lines(p.log.String()) {
		var entry object
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue // progress is for people
		}
		same := func(name string) bool { return entry[name] == fields[name] }
		if !slices.ContainsFunc(keys(fields), func(name string) bool { return !same(name) }) {
			found = append(found, entry)
		}
	}
	return found
}

// transcript keeps what a process writes.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func (w *transcript) tail(lines int) string {
	all := slices.Collect(strings.Lines(w.String()))
	return strings.Join(all[max(len(all)-lines, 0):], "")
}

// plain returns the lines that are not JSON.
func (w *transcript) plain() []string {
	return slices.DeleteFunc(slices.Collect(strings.Lines(w.String())), func(line string) bool { return json.Valid([]byte(line)) })
}
