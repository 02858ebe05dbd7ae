import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { theme } from './parts/header'
import './style.css'

document.documentElement.style.colorScheme = theme()
createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>)
