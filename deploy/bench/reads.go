package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// longestRead is what a person takes for at once.
const longestRead = 100 * time.Millisecond

// measureReads measures what people look at all day, in a company with as many customers as asked, each with two
// interactions, half with a deal, of which a fifth is open, and a fifth with an open task, as an admin sees it, against the
// time that feels like none.
func (w *world) measureReads(ctx context.Context, o options) error {
	a, err := w.signUp(ctx, "reader")
	if err != nil {
		return err
	}
	began := time.Now()
	customer, err := w.fillAround(ctx, a, o.Customers)
	if err != nil {
		return err
	}
	fmt.Printf("%d customers with all that hangs on them, filled in %s\n", o.Customers, time.Since(began).Round(time.Second))
	if err := w.signIn(ctx, &a); err != nil { // filling may take longer than an access token lives
		return err
	}
	pipeline, err := w.firstPipeline(ctx, a)
	if err != nil {
		return err
	}
	customers := "/v1/customers?"
	var slow []error
	for _, read := range []struct{ name, path string }{
		{"list", customers},
		{"list by next follow-up", customers + "order_by=next_follow_up_at"},
		{"list with count", customers + "count=true"},
		{"filter by stage", customers + "filter=lifecycle+%3D+won"},
		{"filter by two", customers + "filter=" + url.QueryEscape(`lifecycle = interested AND last_interaction_at < ago("30d")`)},
		{"search 云海", customers + "q=" + url.QueryEscape("云海")},
		{"search 科技", customers + "q=" + url.QueryEscape("科技")},
		{"search zs (initials)", customers + "q=zs"},
		{"search part of a phone", customers + "q=00012"},
		{"search nothing", customers + "q=nosuchthing"},
		{"customer", "/v1/customers/" + customer},
		{"timeline", "/v1/customers/" + customer + "/timeline"},
		{"interactions", "/v1/interactions"},
		{"tasks", "/v1/tasks"},
		{"today", "/v1/tasks/agenda"},
		{"home", "/v1/home"},
		{"deals", "/v1/deals"},
		{"board", "/v1/pipelines/" + pipeline + "/board"},
		{"forecast", "/v1/deals/forecast"},
		{"funnel", "/v1/reports/funnel"},
		{"calendar", "/v1/calendar"},
	} {
		first := time.Now()
		if !once(ctx, http.DefaultClient, w.url+read.path, a.token) {
			return fmt.Errorf("%s: GET %s failed", read.name, read.path)
		}
		cold := time.Since(first)
		r := load(ctx, w.url+read.path, a.token, 1, o.Lasting/5)
		fmt.Printf("%-24s first %8s   %s   %.2f of %s\n", read.name, cold.Round(100*time.Microsecond), r, r.p50.Seconds()/longestRead.Seconds(), longestRead)
		if r.p50 > longestRead || r.failures > 0 {
			slow = append(slow, fmt.Errorf("%s takes %s, %d failed", read.name, r.p50.Round(time.Millisecond), r.failures))
		}
	}
	return errors.Join(slow...)
}

func (w *world) firstPipeline(ctx context.Context, a account) (string, error) {
	var pipelines struct{ Data []struct{ ID string } }
	err := w.call(ctx, a.token, http.MethodGet, "/v1/pipelines", "", nil, &pipelines)
	if err == nil && len(pipelines.Data) == 0 {
		err = errors.New("there is no pipeline")
	}
	if err != nil {
		return "", err
	}
	return pipelines.Data[0].ID, nil
}
