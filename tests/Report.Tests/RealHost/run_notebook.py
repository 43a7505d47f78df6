"""Runs a notebook with nbclient and saves it as executed. Usage: run_notebook.py KERNELSPEC NOTEBOOK FOLDER EXECUTED"""
import sys

import nbformat
from nbclient import NotebookClient

kernel, source, folder, executed = sys.argv[1:]
notebook = nbformat.read(source, 4)
NotebookClient(notebook, kernel_name=kernel, timeout=1200, startup_timeout=300, resources={"metadata": {"path": folder}}).execute()
nbformat.write(notebook, executed)
