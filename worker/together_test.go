package worker

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/guanxi-crm/guanxi/tenant"
)

func TestTogetherGathersWhileOneIsUnderWay(t *testing.T) {
	company := &tenant.Company{ID: tenant.CompanyID{1}}
	first, release := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var sizes []int
	doubled := newTogether(func(_ context.Context, _ *tenant.Company, in []int) ([]int, error) {
		mu.Lock()
		sizes = append(sizes, len(in))
		begin := len(sizes) == 1
		mu.Unlock()
		if begin {
			close(first)
			<-release
		}
		out := make([]int, len(in))
		for i, n := range in {
			if n == 13 {
				return nil, errors.New("unlucky")
			}
			if n == 14 {
				panic("worse")
			}
			out[i] = 2 * n
		}
		return out, nil
	})
	var wg sync.WaitGroup
	ask := func(n int) {
		wg.Go(func() {
			out, err := doubled.do(t.Context(), company, n)
			if bad := n == 13 || n == 14; (err != nil) != bad || !bad && out != 2*n {
				t.Errorf("%d: %d, %v", n, out, err)
			}
		})
	}
	ask(1)
	<-first
	for n := 2; n <= 20; n++ {
		ask(n)
	}
	for gathered := 0; gathered < 19; {
		doubled.mu.Lock()
		gathered = len(doubled.waiting[company.ID])
		doubled.mu.Unlock()
	}
	close(release)
	wg.Wait()
	if sizes[0] != 1 || sizes[1] != 19 || len(sizes) != 2+19 {
		t.Errorf("batches of %v: want one alone, 19 together, and each alone because two of them fail", sizes)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := doubled.do(gone, company, 13); err == nil {
		t.Error("no error for a caller who has gone")
	}
}
