# Everything a day's work needs. The scripts install what is missing first and are quick when nothing is.
.PHONY: run demo test soak check build icons bench bench-ui

## Build Sluice and open its window; without a display, run the main job in the terminal.
run:
	@scripts/run

## Install what the tests need, and run all of them.
test:
	@scripts/test

## The long versions of the tests: ten years of schedules, thousands of damaged files. Takes hours.
soak:
	@scripts/soak

## The quick part of the tests: formats, lints, types.
check:
	@scripts/check

## Packages to install, in target/release/bundle.
build:
	@scripts/build

## Icon files from the drawings in icons/.
icons:
	@scripts/icons

## How fast it is, measured against others in the same run.
bench:
	@scripts/bench

## The budgets of the window, measured in the real one.
bench-ui:
	@scripts/bench-ui
