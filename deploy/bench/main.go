// Command bench measures the product against peers in the same run, on the databases that `make bench`
// starts, and prints ratios: absolute figures belong to a machine, ratios to the code.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type options struct {
	Only      []string      `help:"Measure only these: list, signup, reads, import, deliveries." sep:","`
	Customers int           `default:"100000" help:"Customers in the measured company."`
	Companies int           `default:"200" help:"Companies beside it."`
	Lasting   time.Duration `default:"10s" help:"How long each load lasts."`
	Rows      int           `default:"20000" help:"Rows to import."`
	Events    int           `default:"5000" help:"Events to deliver."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Measures Guanxi against peers in the same run."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

func run(ctx context.Context, o options) error {
	fmt.Printf("Go %s, %d cores\n", runtime.Version(), runtime.NumCPU())
	w, err := newWorld(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	var failed []error
	for _, m := range []struct {
		name string
		run  func(context.Context, options) error
	}{{"signup", w.measureSignup}, {"list", w.measureList}, {"reads", w.measureReads}, {"import", w.measureImport}, {"deliveries", w.measureDeliveries}} {
		if len(o.Only) > 0 && !slices.Contains(o.Only, m.name) {
			continue
		}
		fmt.Printf("\n%s\n%s\n", m.name, strings.Repeat("-", len(m.name)))
		if err := m.run(ctx, o); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", m.name, err))
			fmt.Println("failed:", err)
		}
	}
	return errors.Join(failed...)
}
