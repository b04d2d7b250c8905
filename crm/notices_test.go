package crm

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoticesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range notices() {
		if n.kind == "" || seen[n.kind] {
			t.Errorf("kind %q is empty or there twice", n.kind)
		}
		seen[n.kind] = true
		forChats := n.audience == nil && n.label == phrase{} && n.channels == nil
		if len(n.events) == 0 || n.words == nil || !forChats && (n.label.zh == "" || n.label.en == "" || n.audience == nil || !slices.Contains(n.channels, InApp)) {
			t.Errorf("%s lacks something: %+v", n.kind, n)
		}
	}
}

var (
	phrases = regexp.MustCompile(`\{"([^"]+)", "([^"]+)"\}`)
	verbs   = regexp.MustCompile(`%[a-z]`)
)

// A translation that takes other arguments than its original would be read by customers as %!s(MISSING).
func TestPhrasesTakeTheSameArguments(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range phrases.FindAllStringSubmatch(string(text), -1) {
			if diff := cmp.Diff(verbs.FindAllString(p[1], -1), verbs.FindAllString(p[2], -1)); diff != "" {
				t.Errorf("%s: %q and %q: %s", file, p[1], p[2], diff)
			}
		}
	}
}
