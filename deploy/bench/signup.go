package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// measureSignup times what a newcomer waits for: sign-up, and sign-up with the first customer.
func (w *world) measureSignup(ctx context.Context, _ options) error {
	const samples = 20
	var signups, firsts []time.Duration
	for i := range samples {
		began := time.Now()
		a, err := w.signUp(ctx, fmt.Sprintf("newcomer-%d", i))
		if err != nil {
			return err
		}
		signups = append(signups, time.Since(began))
		if err := w.call(ctx, a.token, http.MethodPost, "/v1/customers", "application/json", []byte(`{"name":"First customer"}`), nil); err != nil {
			return err
		}
		firsts = append(firsts, time.Since(began))
	}
	slices.Sort(signups)
	slices.Sort(firsts)
	fmt.Printf("sign-up                    median %s, slowest %s of %d\n", signups[samples/2].Round(time.Millisecond), signups[samples-1].Round(time.Millisecond), samples)
	fmt.Printf("sign-up to first customer  median %s, slowest %s\n", firsts[samples/2].Round(time.Millisecond), firsts[samples-1].Round(time.Millisecond))
	return nil
}
