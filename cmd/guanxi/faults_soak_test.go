//go:build soak

package main

import "testing"

// TestSoakFaults is TestFaults at ten times the size, and without hastening anything: what is lost comes again
// when its time is over.
func TestSoakFaults(t *testing.T) {
	faults(t, &ordeal{installation: install(t, "gxsoak"), events: 1600})
}
