package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// result is what a load measured.
type result struct {
	perSecond float64
	p50, p99  time.Duration
	failures  int
}

func (r result) String() string {
	return fmt.Sprintf("%7.0f/s   p50 %6s   p99 %7s   failures %d", r.perSecond, r.p50.Round(10*time.Microsecond), r.p99.Round(100*time.Microsecond), r.failures)
}

// load sends the same GET over n connections, each waiting for its answer, for a while. The first second
// warms up and does not count.
func load(ctx context.Context, url, token string, n int, d time.Duration) result {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	began := time.Now()
	from, until := began.Add(time.Second), began.Add(time.Second+d)
	var mu sync.Mutex
	var times []time.Duration
	failures := 0
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			var mine []time.Duration
			bad := 0
			for time.Now().Before(until) && ctx.Err() == nil {
				sent := time.Now()
				if ok := once(ctx, client, url, token); !ok {
					bad++
				} else if sent.After(from) {
					mine = append(mine, time.Since(sent))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
			failures += bad
		})
	}
	wg.Wait()
	if len(times) == 0 {
		return result{failures: failures}
	}
	slices.Sort(times)
	return result{
		perSecond: float64(len(times)) / time.Since(from).Seconds(),
		p50:       times[len(times)/2], p99: times[len(times)*99/100], failures: failures,
	}
}

func once(ctx context.Context, client *http.Client, url, token string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, answer.Body)
	return err == nil && answer.StatusCode == http.StatusOK
}
