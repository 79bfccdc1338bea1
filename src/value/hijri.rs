//! Umm al-Qura dates: conversion both ways, and reading dates as people write them.
